import { ask } from '../api.js';
import { h, put } from '../dom.js';
import { count, plural } from '../format.js';
import { poll } from '../poll.js';
import { copy } from '../ui/announce.js';
import { bones, button, empty, fault, pageHead, search } from '../ui/parts.js';
import { badge } from '../ui/state.js';
import { table } from '../ui/table.js';

export const models = {
  title: 'Models',
  mount(root, { signal, pulse }) {
    let all = null;
    let wanted = '';
    const total = h('span', { class: 'muted small', 'aria-live': 'polite' });
    const holder = h('div', { class: 'card table-card' }, bones(5));
    const trouble = h('div');
    const list = table('Models', [
      { title: 'Name for requests', lead: true, value: row => [row.id, row.alias_of], draw: row => h('span', null, h('span', { class: 'mono' }, row.id), row.alias_of ? h('span', { class: 'sub' }, 'alias of ', h('span', { class: 'mono' }, row.alias_of)) : null) },
      { title: 'Backend', value: row => row.backend },
      { title: 'State', value: row => row.state, draw: row => badge(row.state) },
      { title: 'Context', end: true, value: row => (row.max_model_len ? `${count(row.max_model_len)} tokens` : 'not told') },
      { title: 'Actions', hideTitle: true, end: true, value: row => row.id, draw: drawActions },
    ], row => row.id);

    function show() {
      if (!all) {
        return;
      }
      const shown = all.filter(row => [row.id, row.alias_of, row.backend].some(text => text?.toLowerCase().includes(wanted)));
      total.textContent = wanted ? `${count(shown.length)} of ${plural(all.length, 'name')}` : plural(all.length, 'name');
      list.update(shown);
      put(holder, shown.length ? list.element : all.length
        ? empty('search', 'No matching model', `Nothing matches \u201c${wanted}\u201d.`)
        : empty('models', 'No model is listed yet', 'An engine lists its models once it is ready. Check its state on the overview, or install one.', h('a', { class: 'button', href: '#/backends' }, 'Go to Backends')));
    }

    const polled = poll(async () => {
      try {
        all = (await ask('system-info', { signal })).models ?? [];
        put(trouble);
        pulse('live');
        show();
      } catch (error) {
        if (error.name !== 'AbortError') {
          pulse('away');
          put(trouble, fault(error, () => polled.now()));
        }
        throw error;
      }
    }, 10000, signal);

    put(root, pageHead('Models', 'Every name that requests may use, from all backends, with the aliases.'), trouble,
      h('div', { class: 'toolbar' }, search('Search models', 'Name, alias or backend', text => {
        wanted = text;
        show();
      }), total), holder);
  },
};

function drawActions(row) {
  return h('span', { class: 'toolbar' },
    button('', { name: 'copy', kind: 'button-plain button-icon button-small', label: `Copy the name ${row.id}`, onclick: () => copy(row.id, 'Name') }),
    h('a', { class: 'button button-small', href: `#/try?model=${encodeURIComponent(row.id)}`, 'aria-label': `Try ${row.id}` }, 'Try'));
}
