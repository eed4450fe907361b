import { h, put } from '../dom.js';
import { count, durationText, percent, plural, rate } from '../format.js';
import { empty, meter } from '../ui/parts.js';
import { badge, word } from '../ui/state.js';
import { table } from '../ui/table.js';

/** The backends with what they do. */
export function backendTable() {
  const list = table('Backends', [
    { title: 'Backend', lead: true, value: row => [row.name, row.engine, row.replicas.length, row.models], draw: row => h('span', null, row.name, h('span', { class: 'sub' }, `${row.engine} \u00b7 ${plural(row.models, 'model')}`)) },
    { title: 'State', value: row => [row.state, row.retries_total, row.fallbacks_total, row.replicas.map(replica => [replica.name, replica.state, replica.breaker])], draw: drawState },
    { title: 'Requests/s', end: true, value: row => rate(row.requests_per_second ?? 0) },
    { title: 'First token', end: true, value: row => durationText(row.first_token_p50_seconds ?? NaN) },
    { title: 'Tokens/s', end: true, value: row => rate(row.output_tokens_per_second ?? 0) },
    { title: 'In hand', value: row => [inFlight(row), row.queued, row.max_concurrency], draw: drawLoad },
    { title: 'KV cache', value: row => average(row, 'kv_cache_usage_ratio'), draw: drawCache },
  ], row => row.name);
  const element = h('div', { class: 'card table-card' });
  const none = empty('backends', 'No backend is configured', 'Set BACKEND_KIND and BACKEND_BASE_URL, list several in gateway.yaml, or install an engine.', h('a', { class: 'button', href: '#/backends' }, 'Go to Backends'));

  function update(backends) {
    list.update(backends);
    const wanted = backends.length ? list.element : none;
    if (element.firstChild !== wanted) {
      put(element, wanted);
    }
  }

  return { element, update };
}

function inFlight(row) {
  return row.replicas.reduce((total, replica) => total + replica.in_flight, 0);
}

function average(row, name) {
  const known = row.replicas.map(replica => replica[name]).filter(Number.isFinite);
  return known.length ? known.reduce((total, value) => total + value, 0) / known.length : null;
}

function drawState(row) {
  const troubled = row.replicas.filter(replica => replica.state !== 'ready' && row.replicas.length > 1);
  const open = row.replicas.filter(replica => replica.breaker !== 'Closed');
  return h('span', null, badge(row.state),
    troubled.map(replica => h('span', { class: 'sub' }, `${replica.name}: ${word(replica.state).toLowerCase()}`)),
    Object.entries(row.fallbacks_total ?? {}).map(([name, answered]) => h('span', { class: 'sub' }, `${count(answered)} answered by ${name} instead`)),
    row.retries_total ? h('span', { class: 'sub' }, plural(row.retries_total, 'retry', 'retries')) : null,
    open.map(replica => h('span', { class: 'sub' }, `${replica.name}: breaker ${word(replica.breaker.toLowerCase()).toLowerCase()}`)));
}

function drawLoad(row) {
  const running = inFlight(row);
  if (!row.max_concurrency) {
    return h('span', null, plural(running, 'request'));
  }
  const waiting = row.max_queue ? `, ${count(row.queued)} of ${count(row.max_queue)} waiting` : '';
  return meter(running, row.max_concurrency, `${count(running)} of ${count(row.max_concurrency)}${waiting}`);
}

function drawCache(row) {
  const used = average(row, 'kv_cache_usage_ratio');
  return used === null ? h('span', { class: 'muted' }, 'not told') : meter(used, 1, percent(used));
}
