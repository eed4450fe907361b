import { ask } from '../api.js';
import { h, put } from '../dom.js';
import { count, short } from '../format.js';
import { poll } from '../poll.js';
import { bones, empty, fault, meter, notice, pageHead } from '../ui/parts.js';
import { table } from '../ui/table.js';

const limits = [
  ['requests_per_minute', 'requests/min'],
  ['tokens_per_minute', 'tokens/min'],
  ['max_concurrency', 'at once'],
  ['monthly_tokens', 'tokens this month'],
];

export const keys = {
  title: 'Keys and usage',
  mount(root, { signal, pulse }) {
    const trouble = h('div');
    const open = h('div');
    const holder = h('div', { class: 'card table-card' }, bones(3));
    const list = table('Client keys', [
      { title: 'Key', lead: true, value: row => row.name },
      { title: 'Models', value: row => (row.models.length === 0 || row.models.includes('*') ? 'all' : row.models.join(', ')) },
      { title: 'Input tokens', end: true, value: row => short(row.tokens.input) },
      { title: 'Output tokens', end: true, value: row => short(row.tokens.output) },
      { title: 'From cache', end: true, value: row => short(row.tokens.cached) },
      { title: 'Limits', value: row => [row.limits, row.used], draw: drawLimits },
    ], row => row.name);

    const polled = poll(async () => {
      try {
        const answer = await ask('stats/keys', { signal });
        put(trouble);
        pulse('live');
        put(open, answer.anonymous ? notice('warn', 'No client keys are set.', `Anyone who reaches this address may use the gateway. Usage in total: ${short(answer.tokens?.input ?? 0)} input and ${short(answer.tokens?.output ?? 0)} output tokens. Set API_KEYS to distinguish clients.`) : null);
        list.update(answer.keys);
        put(holder, answer.keys.length ? list.element : empty('keys', 'No client keys', 'List them in API_KEYS as name:key, or in gateway.yaml with limits.'));
      } catch (error) {
        if (error.name !== 'AbortError') {
          pulse('away');
          put(trouble, fault(error, () => polled.now()));
        }
        throw error;
      }
    }, 5000, signal);

    put(root, pageHead('Keys and usage', 'Who may use the gateway, their limits, and their usage since the start. The keys are never shown.'), trouble, open, holder);
  },
};

function drawLimits(row) {
  const set = limits.filter(([name]) => row.limits[name] > 0);
  if (set.length === 0) {
    return h('span', { class: 'muted' }, 'none');
  }
  return h('div', { class: 'limit-list' }, set.map(([name, unit]) => {
    const used = row.used?.[name];
    return Number.isFinite(used)
      ? meter(used, row.limits[name], `${short(used)} of ${short(row.limits[name])} ${unit}`)
      : h('span', { class: 'small' }, `${count(row.limits[name])} ${unit}`);
  }));
}
