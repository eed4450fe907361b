import { button } from './parts.js';
import { icon } from './icons.js';

const next = { auto: 'light', light: 'dark', dark: 'auto' };
const names = { auto: ['auto', 'As the system'], light: ['sun', 'Light'], dark: ['moon', 'Dark'] };
const changed = new EventTarget();

export function onThemeChange(listener, signal) {
  changed.addEventListener('change', listener, { signal });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', listener, { signal });
}

function current() {
  return document.documentElement.dataset.theme ?? 'auto';
}

function set(theme) {
  if (theme === 'auto') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
  try {
    localStorage.setItem('console.theme', theme);
  } catch {
    // It holds for this page, then.
  }
  changed.dispatchEvent(new Event('change'));
}

export function themeButton() {
  const control = button('', { kind: 'button-small button-icon' });
  const show = () => {
    const [name, word] = names[current()];
    control.replaceChildren(icon(name));
    control.setAttribute('aria-label', `Colours: ${word}`);
    control.title = `Colours: ${word}`;
  };
  control.addEventListener('click', () => {
    set(next[current()]);
    show();
  });
  show();
  return control;
}
