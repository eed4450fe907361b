import { ApiError, errorOf, parse, send } from '../api.js';
import { h, put } from '../dom.js';
import { copy } from '../ui/announce.js';
import { openDialog } from '../ui/dialog.js';
import { button, fault, select } from '../ui/parts.js';

const mostLines = 2000;

/** Shows an engine's log and goes on with it. */
export function openLogs(card) {
  let controller = null;
  let lines = [];
  let rest = '';
  let drawing = 0;
  const text = h('pre', { class: 'code log', tabindex: '0', role: 'log', 'aria-live': 'off', 'aria-label': `Log of ${card.name}` }, 'Loading\u2026');
  const trouble = h('div');
  const following = h('input', { type: 'checkbox', checked: true, onchange: read });
  const node = select(card.nodes.map(one => ({ value: one.node_id, text: one.node_name })), card.nodes[0]?.node_id, { 'aria-label': 'Node', onchange: read });
  node.hidden = card.nodes.length < 2;
  const opened = openDialog(`Log of ${card.name}`, [
    h('div', { class: 'toolbar' }, node, h('label', { class: 'check' }, following, 'Follow'), button('Copy', { name: 'copy', kind: 'button-small', onclick: () => copy(text.textContent, 'Log') })),
    trouble, text,
  ], { wide: true });
  opened.closed.then(() => controller?.abort());

  function draw() {
    drawing = 0;
    const atEnd = text.scrollHeight - text.scrollTop - text.clientHeight < 40;
    text.textContent = lines.length ? lines.join('\n') : 'The engine has written nothing yet.';
    if (atEnd) {
      text.scrollTop = text.scrollHeight;
    }
  }

  function take(piece) {
    const parts = (rest + piece).split(/\r?\n/);
    rest = parts.pop();
    lines = lines.concat(parts).slice(-mostLines);
    drawing ||= requestAnimationFrame(draw);
  }

  async function read() {
    controller?.abort();
    const mine = controller = new AbortController();
    lines = [];
    rest = '';
    put(trouble);
    const query = new URLSearchParams({ tail: '400', follow: String(following.checked) });
    if (node.value) {
      query.set('node', node.value);
    }
    try {
      const response = await send(`backends/${encodeURIComponent(card.name)}/logs?${query}`, { signal: mine.signal });
      if (!response.ok) {
        throw errorOf(response.status, parse(await response.text()));
      }
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        take(part.value);
      }
      take('\n');
      draw();
    } catch (error) {
      if (error.name !== 'AbortError') {
        put(trouble, fault(error instanceof ApiError ? error : new ApiError('The log was interrupted.', 'Open it again to continue.'), read));
      }
    }
  }

  read();
}
