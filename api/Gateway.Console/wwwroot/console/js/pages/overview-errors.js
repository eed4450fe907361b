import { h, put } from '../dom.js';
import { ago, count } from '../format.js';
import { explain } from '../causes.js';
import { empty } from '../ui/parts.js';
import { table } from '../ui/table.js';

const said = { gateway: 'the gateway', engine: 'the engine', client: 'the caller' };

/** What went wrong lately, by cause, with what can be done about it. */
export function errorTable() {
  let now = 0;
  const list = table('Recent errors', [
    { title: 'What', lead: true, value: row => row.cause, draw: row => h('span', null, explain(row.cause).title, h('span', { class: 'sub mono' }, row.cause)) },
    { title: 'What helps', value: row => explain(row.cause).remedy },
    { title: 'Backend', tight: true, value: row => row.backend || 'none reached' },
    { title: 'Said by', tight: true, value: row => said[row.source] ?? row.source },
    { title: 'Times', end: true, value: row => count(row.count) },
    { title: 'Last', end: true, tight: true, value: row => ago(row.last_seen, now) },
  ], row => `${row.backend}|${row.source}|${row.cause}`);
  const element = h('div', { class: 'card table-card' });
  const none = empty('check', 'No errors', 'Errors appear here by cause, each with a remedy.');

  function update(errors, at) {
    now = at;
    list.update(errors);
    const wanted = errors.length ? list.element : none;
    if (element.firstChild !== wanted) {
      put(element, wanted);
    }
  }

  return { element, update };
}
