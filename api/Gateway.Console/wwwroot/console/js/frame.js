import { h, put, setText } from './dom.js';
import { ask } from './api.js';
import { icon, mark } from './ui/icons.js';
import { shape } from './ui/state.js';
import { button } from './ui/parts.js';
import { themeButton } from './ui/theme.js';

const groups = [
  ['', ['overview', 'models', 'keys', 'matrix', 'try']],
  ['Engines', ['backends', 'nodes', 'audit']],
];

const pulses = { live: ['ready', 'Live'], away: ['unreachable', 'Not reachable'], wait: ['absent', 'Connecting'] };

/** The navigation around the pages. Returns { element, open(id), pulse(state) }. */
export function frame(pages, signOut) {
  const page = h('div');
  const links = new Map();
  const version = h('p', { class: 'brand-version' });
  const state = h('p', { class: 'pulse', data: { state: 'wait' } }, shape('absent'), h('span', null, 'Connecting'));
  const menu = button('', { name: 'menu', kind: 'button-plain button-icon', label: 'Menu', 'aria-expanded': 'false', 'aria-controls': 'side', onclick: () => toggle(true) });
  const shade = h('button', { type: 'button', class: 'side-shade', 'aria-label': 'Close the menu', hidden: true, tabindex: '-1', onclick: () => toggle(false) });

  const nav = h('nav', { class: 'nav', 'aria-label': 'Pages' }, groups.map(([heading, ids]) => [
    heading ? h('p', { class: 'nav-heading' }, heading) : null,
    ids.map(id => {
      const entry = h('a', { href: `#/${id}`, onclick: () => toggle(false) }, icon(id), pages[id].title);
      links.set(id, entry);
      return entry;
    }),
  ]));

  const side = h('div', { class: 'side', id: 'side', onkeydown: event => event.key === 'Escape' && toggle(false) },
    h('div', { class: 'brand' }, mark(), h('div', null, h('p', { class: 'brand-name' }, 'Gateway'), version)),
    nav,
    h('div', { class: 'side-foot' }, state,
      h('div', { class: 'side-buttons' }, themeButton(), button('Sign out', { name: 'out', kind: 'button-small', onclick: signOut }))));

  const element = h('div', { class: 'frame' },
    h('a', { class: 'skip', href: '#main', onclick: event => { event.preventDefault(); page.querySelector('h1')?.focus(); } }, 'Skip to the page'),
    h('header', { class: 'top' }, h('div', { class: 'brand' }, mark(), h('p', { class: 'brand-name' }, 'Gateway')), menu),
    side, shade,
    h('main', { class: 'main', id: 'main' }, page));

  function toggle(open) {
    const was = side.hasAttribute('data-open');
    side.toggleAttribute('data-open', open);
    shade.hidden = !open;
    menu.setAttribute('aria-expanded', String(open));
    if (open) {
      links.get('overview').focus();
    } else if (was) {
      menu.focus();
    }
  }

  function open(id) {
    for (const [other, entry] of links) {
      if (other === id) {
        entry.setAttribute('aria-current', 'page');
      } else {
        entry.removeAttribute('aria-current');
      }
    }
    // A page may still be waiting for an answer when the next one is opened: each has an element of its own to write to.
    const root = h('div', { class: 'page' });
    put(page, root);
    return root;
  }

  function pulse(name) {
    if (state.dataset.state !== name) {
      const [sign, text] = pulses[name];
      state.dataset.state = name;
      put(state, shape(sign), h('span', null, text));
    }
  }

  ask('stats').then(stats => setText(version, `Version ${stats.version}`), () => {});
  return { element, open, pulse };
}
