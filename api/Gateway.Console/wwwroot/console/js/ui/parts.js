import { h, newId } from '../dom.js';
import { icon } from './icons.js';

export function button(text, { name, kind = '', label, ...properties } = {}) {
  return h('button', { type: 'button', class: `button ${kind}`.trim(), 'aria-label': label, title: text ? null : label, ...properties }, name ? icon(name) : null, text || null);
}

/** A label, a control and a hint that belong together. */
export function field(text, control, hint) {
  const id = newId('field');
  control.id = id;
  const note = hint ? h('p', { class: 'hint', id: `${id}-hint` }, hint) : null;
  if (note) {
    control.setAttribute('aria-describedby', note.id);
  }
  return h('div', { class: 'field' }, h('label', { for: id }, text), control, note);
}

export function select(options, value, properties) {
  const control = h('select', { class: 'input', ...properties });
  setOptions(control, options, value);
  return control;
}

/** Replaces the options only when they have changed, and keeps the choice where it is still there. */
export function setOptions(control, options, value = control.value) {
  const wanted = JSON.stringify(options);
  if (control.dataset.options !== wanted) {
    control.dataset.options = wanted;
    control.replaceChildren(...options.map(option => h('option', { value: option.value }, option.text)));
  }
  if (options.some(option => option.value === value)) {
    control.value = value;
  }
}

export function search(label, placeholder, oninput) {
  const input = h('input', { type: 'search', class: 'input', placeholder, 'aria-label': label, autocomplete: 'off', spellcheck: 'false' });
  input.addEventListener('input', () => oninput(input.value.trim().toLowerCase()));
  return h('div', { class: 'search' }, icon('search'), input);
}

/** Buttons of which one is pressed. */
export function segments(label, options, value, onchange) {
  const buttons = options.map(option => h('button', { type: 'button', 'aria-pressed': String(option.value === value) }, option.text));
  buttons.forEach((one, i) => one.addEventListener('click', () => {
    buttons.forEach(other => other.setAttribute('aria-pressed', String(other === one)));
    onchange(options[i].value);
  }));
  return h('div', { class: 'segments', role: 'group', 'aria-label': label }, buttons);
}

/** Nothing is here: why, and what to do next. */
export function empty(name, title, text, action) {
  return h('div', { class: 'empty' }, icon(name), h('h3', null, title), h('p', null, text), action);
}

export function bones(lines = 4) {
  return h('div', { class: 'bones', 'aria-hidden': 'true' }, Array.from({ length: lines }, () => h('div', { class: 'bone' })));
}

export function notice(tone, title, text, action) {
  return h('div', { class: `notice tone-${tone}`, role: tone === 'bad' ? 'alert' : null }, icon(tone === 'info' ? 'info' : 'warn'), h('div', null, h('strong', null, title), ' ', text), action);
}

/** What went wrong, with its remedy. */
export function fault(error, retry) {
  return notice('bad', error.message, error.remedy ?? '', retry ? button('Try again', { name: 'refresh', onclick: retry }) : null);
}

/** A share of a limit as a bar; the text says the same. */
export function meter(used, limit, text) {
  const share = limit > 0 ? Math.min(1, used / limit) : 0;
  const bar = h('div', { class: `meter-fill${share >= 1 ? ' full' : share >= 0.8 ? ' near' : ''}` });
  bar.style.width = `${(share * 100).toFixed(1)}%`;
  return h('div', { class: 'meter' }, h('div', { class: 'meter-track', 'aria-hidden': 'true' }, bar), h('span', { class: 'meter-text' }, text));
}

export function facts(rows) {
  return h('dl', { class: 'facts' }, rows.filter(Boolean).map(([name, value]) => [h('dt', null, name), h('dd', null, value)]));
}

export function pageHead(title, lead, ...actions) {
  return h('header', { class: 'page-head' },
    h('div', null, h('h1', { tabindex: '-1' }, title), h('p', { class: 'page-lead' }, lead)),
    actions.length ? h('div', { class: 'page-actions' }, actions) : null);
}
