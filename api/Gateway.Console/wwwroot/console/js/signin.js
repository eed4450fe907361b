import { ask } from './api.js';
import { h, put } from './dom.js';
import { adminKey } from './session.js';
import { mark } from './ui/icons.js';
import { themeButton } from './ui/theme.js';
import { button, fault } from './ui/parts.js';

/** Asks for the operator's key, and calls `done` once the gateway has taken it. */
export function signIn(root, done, reason) {
  const key = h('input', { class: 'input', id: 'admin-key', type: 'password', autocomplete: 'current-password', spellcheck: 'false', 'aria-describedby': 'admin-key-hint' });
  const trouble = h('div', { 'aria-live': 'assertive' });
  const enter = button('Sign in', { kind: 'button-primary' });
  enter.type = 'submit';

  async function submit(event) {
    event.preventDefault();
    const typed = key.value.trim();
    if (!typed) {
      key.focus();
      return;
    }
    enter.disabled = true;
    put(trouble);
    try {
      await ask('stats', { key: typed });
      adminKey.set(typed);
      done();
    } catch (error) {
      const wrong = error.status === 401;
      key.setAttribute('aria-invalid', String(wrong));
      put(trouble, fault(wrong ? { message: 'This is not the admin key.', remedy: 'It is the value of ADMIN_API_KEY in the gateway\u2019s settings; client keys do not open the console.' } : error));
      key.focus();
      key.select();
    } finally {
      enter.disabled = false;
    }
  }

  put(root, h('main', { class: 'sign-in' },
    h('form', { class: 'card sign-in-card', onsubmit: submit },
      h('div', { class: 'sign-in-head' }, h('div', { class: 'brand' }, mark(), h('h1', null, 'Gateway console')), themeButton()),
      reason ? h('p', { class: 'muted' }, reason) : null,
      h('div', { class: 'field' }, h('label', { for: 'admin-key' }, 'Operator\u2019s key'), key,
        h('p', { class: 'hint', id: 'admin-key-hint' }, 'The value of ADMIN_API_KEY. It is kept in this tab only.')),
      trouble, enter)));
  key.focus();
}
