import { h, put, setText } from '../dom.js';
import { follow, recent } from '../live.js';
import { ago, count, duration, durationText, rate, short } from '../format.js';
import { chart } from '../ui/chart.js';
import { bones, fault, notice, pageHead, segments, select, setOptions } from '../ui/parts.js';
import { backendTable } from './overview-backends.js';
import { errorTable } from './overview-errors.js';

export const overview = {
  title: 'Overview',
  mount(root, { signal, pulse }) {
    let minutes = 5;
    let latest = null;
    const tiles = newTiles();
    const charts = newCharts(signal);
    const backends = backendTable();
    const errors = errorTable();
    const trouble = h('div');
    const chosen = select([{ value: '', text: 'All backends' }], '', { 'aria-label': 'Backend of the charts', onchange: () => live.choose(chosen.value) });
    const waiting = h('div', { class: 'card' }, bones(5));
    const content = h('div', { class: 'page', hidden: true },
      tiles.element,
      h('section', { class: 'section', 'aria-label': 'Charts' },
        h('div', { class: 'section-head' }, h('h2', null, 'Traffic'),
          h('div', { class: 'toolbar' }, chosen, segments('Time shown', [{ value: 5, text: '5 min' }, { value: 15, text: '15 min' }], minutes, value => {
            minutes = value;
            draw();
          }))),
        h('div', { class: 'charts' }, charts.all.map(one => one.element))),
      h('section', { class: 'section' }, h('div', { class: 'section-head' }, h('h2', null, 'Backends')), backends.element),
      h('section', { class: 'section' }, h('div', { class: 'section-head' }, h('h2', null, 'Recent errors'), h('span', { class: 'muted small' }, 'Last 15 minutes')), errors.element));

    function draw() {
      if (latest) {
        charts.update(recent(latest.history, minutes));
      }
    }

    const live = follow({
      signal,
      onanswer(stats, history) {
        latest = { stats, history };
        put(trouble, refused(stats));
        waiting.hidden = true;
        content.hidden = false;
        pulse('live');
        setOptions(chosen, [{ value: '', text: 'All backends' }, ...stats.backends.map(backend => ({ value: backend.name, text: backend.name }))]);
        tiles.update(stats, history);
        draw();
        backends.update(stats.backends);
        errors.update(stats.errors, stats.now);
      },
      onfault(error) {
        pulse('away');
        put(trouble, fault(error, () => live.now()));
      },
    });

    put(root, pageHead('Overview', 'What the gateway is doing now, and the state of its backends.'), trouble, waiting, content);
  },
};

/** New settings that are not in force, until others are. */
function refused(stats) {
  const found = stats.settings_refused;
  return found && notice('warn', `New settings were refused ${ago(found.at, stats.now)}; the previous ones stay in force.`, found.reasons.join(' '));
}

function newTiles() {
  const names = ['Requests', 'First token, median', 'Output', 'In flight', 'Failing'];
  const parts = names.map(name => ({ name, figure: h('span'), unit: h('span', { class: 'unit' }), sub: h('dd', { class: 'sub' }) }));
  const element = h('dl', { class: 'tiles' }, parts.map(part => h('div', { class: 'card tile' }, h('dt', null, part.name), h('dd', { class: 'figure' }, part.figure, part.unit), part.sub)));

  function show(index, [figure, unit], sub) {
    setText(parts[index].figure, figure);
    setText(parts[index].unit, unit);
    setText(parts[index].sub, sub);
  }

  function update(stats, history) {
    const now = name => history[name].at(-1);
    const sum = name => stats.backends.reduce((total, backend) => total + (backend[name] ?? 0), 0);
    show(0, [rate(now('requests_per_second') ?? 0), 'per second'], `${short(sum('requests_total'))} since the start`);
    show(1, duration(now('first_token_p50_seconds') ?? NaN), `95th percentile ${durationText(now('first_token_p95_seconds') ?? NaN)}`);
    show(2, [rate(now('output_tokens_per_second') ?? 0), 'tokens/s'], `${rate(now('input_tokens_per_second') ?? 0)} tokens/s in`);
    show(3, [count(stats.requests_in_flight), stats.requests_in_flight === 1 ? 'request' : 'requests'], `${count(sum('queued'))} waiting for admission`);
    const asked = now('requests_per_second') ?? 0;
    const failing = now('failures_per_second') ?? 0;
    show(4, [asked > 0 ? (100 * Math.min(1, failing / asked)).toFixed(failing > 0 ? 1 : 0) : '0', '%'], `${rate(failing)} per second`);
  }

  return { element, update };
}

function newCharts(signal) {
  const requests = chart({ title: 'Requests per second', format: rate, signal, series: [{ label: 'ended', colour: '--chart-1', fill: true }, { label: 'failed', colour: '--chart-3', dash: [4, 3] }] });
  const first = chart({ title: 'Time to first token', format: durationText, signal, series: [{ label: 'median', colour: '--chart-1', fill: true }, { label: '95th', colour: '--chart-2', dash: [4, 3] }] });
  const tokens = chart({ title: 'Tokens per second', format: short1, signal, series: [{ label: 'out', colour: '--chart-1', fill: true }, { label: 'in', colour: '--chart-2', dash: [4, 3] }] });

  function update(part) {
    if (part.time.length < 2) {
      [requests, first, tokens].forEach(one => one.note('The first values appear in a few seconds.'));
      return;
    }
    requests.update(part.time, [part.requests_per_second, part.failures_per_second]);
    tokens.update(part.time, [part.output_tokens_per_second, part.input_tokens_per_second]);
    if (part.first_token_p50_seconds.some(value => value !== null)) {
      first.update(part.time, [part.first_token_p50_seconds, part.first_token_p95_seconds]);
    } else {
      first.note('No stream has started in this time. Send one from Try it.');
    }
  }

  return { all: [requests, first, tokens], update };
}

function short1(value) {
  return Number.isFinite(value) && value < 100 ? rate(value) : short(Math.round(value));
}
