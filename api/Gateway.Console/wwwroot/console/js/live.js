import { ask } from './api.js';
import { poll } from './poll.js';

const kept = 450;
const columns = [
  'requests_per_second', 'failures_per_second', 'input_tokens_per_second', 'output_tokens_per_second',
  'first_token_p50_seconds', 'first_token_p95_seconds', 'in_flight', 'queued',
];

/**
 * Follows `/stats` and keeps its history: the first answer brings the last quarter of an hour, each further one what is new.
 * `onanswer(stats, history)` and `onfault(error)` are called; returns { choose(backend), now() }.
 */
export function follow({ onanswer, onfault, signal }) {
  let backend = '';
  let history = emptyHistory();

  async function task() {
    const asked = backend;
    const query = new URLSearchParams();
    if (asked) {
      query.set('backend', asked);
    }
    if (history.time.length) {
      query.set('since', String(history.time.at(-1)));
    }
    try {
      const stats = await ask(`stats?${query}`, { signal });
      if (asked === backend) {
        extend(history, stats.history);
        onanswer(stats, history);
      }
    } catch (error) {
      if (error.name !== 'AbortError') {
        onfault(error);
      }
      throw error;
    }
  }

  const polled = poll(task, 2000, signal);
  return {
    now: polled.now,
    choose(name) {
      backend = name;
      history = emptyHistory();
      polled.now();
    },
  };
}

function emptyHistory() {
  return Object.fromEntries([['time', []], ...columns.map(name => [name, []])]);
}

function extend(history, more) {
  // A gateway that was started anew has a younger history: nothing of the old one is to be mixed with it.
  if (more.time.length && history.time.length && more.time[0] <= history.time.at(-1)) {
    Object.assign(history, emptyHistory());
  }
  for (const name of ['time', ...columns]) {
    history[name].push(...(more[name] ?? []));
    history[name].splice(0, Math.max(0, history[name].length - kept));
  }
}

/** The part of a history that is not older than so many minutes, with times in seconds as charts take them. */
export function recent(history, minutes) {
  const from = (history.time.at(-1) ?? 0) - minutes * 60000;
  const start = Math.max(0, history.time.findIndex(time => time >= from));
  const part = { time: history.time.slice(start).map(time => time / 1000) };
  for (const name of columns) {
    part[name] = history[name].slice(start);
  }
  return part;
}
