import { h, newId } from '../dom.js';
import { button } from './parts.js';

/** Opens a dialog; the browser keeps the focus inside and Escape closes it. Returns { close, body, closed }. */
export function openDialog(title, content, { foot, wide } = {}) {
  const id = newId('dialog');
  const close = () => dialog.close();
  const body = h('div', { class: 'dialog-body' },
    h('div', { class: 'dialog-head' }, h('h2', { id }, title), button('', { name: 'close', kind: 'button-plain button-icon button-small', label: 'Close', onclick: close })),
    content,
    foot ? h('div', { class: 'dialog-foot' }, foot) : null);
  const dialog = h('dialog', { 'aria-labelledby': id, class: wide ? 'wide' : null }, body);
  const opener = document.activeElement;
  const closed = new Promise(resolve => dialog.addEventListener('close', () => {
    dialog.remove();
    // The button that opened it may have been replaced meanwhile.
    if (opener?.isConnected) {
      opener.focus();
    }
    resolve();
  }, { once: true }));
  // A press beside it closes it, one inside never.
  dialog.addEventListener('click', event => {
    if (event.target === dialog) {
      close();
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  return { close, body, closed, dialog };
}

/** Asks before something is done. Resolves to true when it is wanted. */
export function confirm(title, text, { yes, danger = false, extra = null } = {}) {
  return new Promise(resolve => {
    let answer = false;
    const agree = button(yes, { kind: danger ? 'button-danger' : 'button-primary', onclick: () => { answer = true; opened.close(); } });
    const opened = openDialog(title, [h('p', null, text), extra], { foot: [button('Cancel', { onclick: () => opened.close() }), agree] });
    agree.focus();
    opened.closed.then(() => resolve(answer));
  });
}
