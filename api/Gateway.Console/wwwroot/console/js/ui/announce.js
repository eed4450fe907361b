import { h } from '../dom.js';
import { button } from './parts.js';

/** Says something to screen readers, without moving the focus. */
export function announce(text) {
  const place = document.getElementById('announcer');
  place.textContent = '';
  requestAnimationFrame(() => { place.textContent = text; });
}

/** A message that is seen and heard, and goes away by itself unless it is bad news. */
export function toast(text, tone = 'good') {
  const note = h('div', { class: 'toast', data: { tone } }, h('p', null, text), button('', { name: 'close', kind: 'button-plain button-icon button-small', label: 'Dismiss', onclick: () => note.remove() }));
  document.getElementById('toasts').append(note);
  announce(text);
  if (tone !== 'bad') {
    setTimeout(() => note.remove(), 6000);
  }
}

/** Copies a text, and says so. */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what} copied.`);
  } catch {
    toast('The browser does not let this page copy. Select the text and copy it by hand.', 'bad');
  }
}
