import { ask } from '../api.js';
import { h, put } from '../dom.js';
import { plural } from '../format.js';
import { openDialog } from '../ui/dialog.js';
import { bones, empty, fault, pageHead, search, select } from '../ui/parts.js';
import { badge, shape, word } from '../ui/state.js';
import { walkCells } from '../ui/cells.js';

const levels = ['native', 'partial', 'needs', 'missing'];

export const matrix = {
  title: 'Capabilities',
  mount(root, { signal, pulse }) {
    const view = { text: '', level: '', engines: 'all', one: '', info: null };
    const holder = h('div', { class: 'card table-card' }, bones(8));
    const trouble = h('div');
    const total = h('span', { class: 'muted small', 'aria-live': 'polite' });
    const narrow = matchMedia('(max-width: 46rem)');
    const single = select([], '', { 'aria-label': 'Engine', onchange: () => { view.one = single.value; show(); } });
    const which = select([{ value: 'all', text: 'All engines' }, { value: 'configured', text: 'Configured engines' }], 'all', { 'aria-label': 'Engines shown', onchange: () => { view.engines = which.value; show(); } });
    const chips = levels.map(level => h('button', { type: 'button', class: 'chip', 'aria-pressed': 'false', onclick: () => choose(level) }, shape(level), word(level)));

    function choose(level) {
      view.level = view.level === level ? '' : level;
      chips.forEach((chip, i) => chip.setAttribute('aria-pressed', String(levels[i] === view.level)));
      show();
    }

    function show() {
      if (!view.info) {
        return;
      }
      const configured = new Set(view.info.backends.map(backend => backend.kind));
      const ordered = [...view.info.engines].sort((a, b) => configured.has(b.id) - configured.has(a.id));
      const engines = ordered.filter(engine => narrow.matches ? engine.id === (view.one || view.info.engines[0].id) : view.engines === 'all' || configured.has(engine.id));
      const rows = view.info.endpoints.filter(endpoint => `${endpoint.route} ${endpoint.summary}`.toLowerCase().includes(view.text)
        && (!view.level || engines.some(engine => engine.support[endpoint.id] === view.level)));
      single.hidden = !narrow.matches;
      which.hidden = narrow.matches;
      total.textContent = plural(rows.length, 'endpoint');
      put(holder, rows.length && engines.length
        ? grid(rows, engines, configured, view.level)
        : empty('search', 'No matching endpoint', 'Take back a filter, or search for another part of the path.'));
    }

    async function load() {
      try {
        view.info = await ask('system-info', { signal });
        pulse('live');
        put(trouble);
        single.replaceChildren(...view.info.engines.map(engine => h('option', { value: engine.id }, engine.name)));
        single.value = view.one = view.info.backends[0]?.kind ?? view.info.engines[0].id;
        show();
      } catch (error) {
        if (error.name !== 'AbortError') {
          pulse('away');
          put(trouble, fault(error, load));
        }
      }
    }

    narrow.addEventListener('change', show, { signal });
    put(root, pageHead('Capabilities', 'Which engine serves which endpoint. Select a cell for differences, conditions and alternatives.'), trouble,
      h('div', { class: 'toolbar' }, search('Search endpoints', 'Path or purpose', text => { view.text = text; show(); }), single, which, total),
      h('div', { class: 'chips', role: 'group', 'aria-label': 'Show only endpoints that are' }, chips), holder);
    load();
  },
};

function grid(rows, engines, configured, level) {
  const element = h('table', { class: 'matrix', 'aria-label': 'Endpoints by engine' },
    h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'Endpoint'), engines.map(engine => h('th', { scope: 'col' }, engine.name, configured.has(engine.id) ? h('span', { class: 'tag' }, 'configured') : null)))),
    h('tbody', null, rows.map(endpoint => h('tr', null,
      h('th', { scope: 'row' }, h('span', { class: 'mono' }, routeOf(endpoint)), h('span', { class: 'sub' }, endpoint.family ? endpoint.summary : `${methodsOf(endpoint)} \u00b7 ${endpoint.summary}`)),
      engines.map(engine => cell(endpoint, engine, level))))));
  walkCells(element, '.cell');
  return h('div', { class: 'matrix-scroll' }, element);
}

function cell(endpoint, engine, level) {
  const support = engine.support[endpoint.id];
  const faded = level && support !== level ? ' faded' : '';
  return h('td', null, h('button', {
    type: 'button', class: `cell tone-${support}${faded}`, 'aria-label': `${engine.name}, ${routeOf(endpoint)}: ${word(support)}`, title: word(support), onclick: () => details(endpoint, engine, support),
  }, shape(support), h('span', { class: 'cell-word' }, word(support))));
}

function routeOf(endpoint) {
  return endpoint.route.replace('**', '');
}

function methodsOf(endpoint) {
  return endpoint.methods.filter(method => method !== 'HEAD').join(', ');
}

function details(endpoint, engine, support) {
  const notes = engine.notes?.[endpoint.id];
  openDialog(engine.name, [
    h('p', null, h('span', { class: 'mono' }, endpoint.family ? routeOf(endpoint) : `${methodsOf(endpoint)} ${routeOf(endpoint)}`)),
    h('p', null, badge(support)),
    notes ? h('p', null, notes.note) : h('p', { class: 'muted' }, 'Requests and answers pass unchanged.'),
    notes?.alternative ? h('div', null, h('h3', null, 'Instead'), h('p', null, notes.alternative)) : null,
    h('p', { class: 'muted small' }, endpoint.summary, engine.read_at ? ` Read from ${engine.read_at}.` : ''),
  ]);
}
