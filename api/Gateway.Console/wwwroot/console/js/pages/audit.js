import { ask } from '../api.js';
import { h, put } from '../dom.js';
import { moment, plural } from '../format.js';
import { poll } from '../poll.js';
import { bones, empty, fault, pageHead, search } from '../ui/parts.js';
import { badge } from '../ui/state.js';
import { table } from '../ui/table.js';
import { nameOfAction } from './backend-jobs.js';

const outcomes = { started: ['available', 'Started'], done: ['done', 'Done'], failed: ['failed', 'Failed'], cancelled: ['cancelled', 'Cancelled'], refused: ['failed', 'Refused'] };

export const audit = {
  title: 'Audit log',
  mount(root, { signal, pulse }) {
    let entries = null;
    let wanted = '';
    const trouble = h('div');
    const total = h('span', { class: 'muted small', 'aria-live': 'polite' });
    const tools = h('div', { class: 'toolbar', hidden: true }, search('Search the audit log', 'Who, what, engine or outcome', text => { wanted = text; show(); }), total);
    const holder = h('div', { class: 'card table-card' }, bones(6));
    const list = table('Audit log', [
      { title: 'What', lead: true, value: row => `${nameOfAction(row.what)} ${row.backend}` },
      { title: 'When', tight: true, value: row => moment(row.time) },
      { title: 'Who', value: row => row.who },
      { title: 'Nodes', value: row => (row.nodes ?? []).join(', ') || '\u2013' },
      { title: 'Before', value: row => versions(row.before), draw: row => drawVersions(row.before) },
      { title: 'After', value: row => versions(row.after), draw: row => drawVersions(row.after) },
      { title: 'Outcome', value: row => [row.outcome, row.reason], draw: row => h('span', null, badge(...(outcomes[row.outcome] ?? ['absent', row.outcome])), row.reason ? h('span', { class: 'sub' }, row.reason) : null) },
    ], row => row.key);

    function show() {
      const shown = entries.filter(row => JSON.stringify(Object.values(row)).toLowerCase().includes(wanted));
      total.textContent = plural(shown.length, 'entry', 'entries');
      list.update(shown);
      put(holder, shown.length ? list.element : entries.length
        ? empty('search', 'No matching entry', 'Search for another word.')
        : empty('audit', 'No changes yet', 'Every install, upgrade, rollback and removal is recorded here: who, what, when, the versions before and after, and the result.'));
    }

    const polled = poll(async () => {
      try {
        const answer = await ask('api/audit?limit=200', { signal });
        entries = answer.map(row => ({ ...row, key: `${row.time}|${row.job ?? ''}|${row.what}|${row.backend}|${row.outcome}` })).sort((a, b) => String(b.time).localeCompare(String(a.time)));
        put(trouble);
        pulse('live');
        tools.hidden = false;
        show();
      } catch (error) {
        if (error.status === 404) {
          pulse('live');
          put(holder, empty('audit', 'Engine management is off', 'With GATEWAY_MANAGEMENT=on every change of an engine is recorded here.'));
        } else if (error.name !== 'AbortError') {
          pulse('away');
          put(trouble, fault(error, () => polled.now()));
        }
        throw error;
      }
    }, 5000, signal);

    put(root, pageHead('Audit log', 'Who changed which engine, when, the versions before and after, and the result.'), trouble, tools, holder);
  },
};

function versions(byNode) {
  return Object.entries(byNode ?? {}).filter(([, image]) => image);
}

function drawVersions(byNode) {
  const all = versions(byNode);
  return all.length ? h('span', null, all.map(([node, image]) => h('span', { class: 'sub mono' }, all.length > 1 ? `${node}: ` : '', image.replace(/(sha256:[0-9a-f]{12})[0-9a-f]+/, '$1')))) : '\u2013';
}
