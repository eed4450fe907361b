import { h, put } from '../dom.js';
import { plural } from '../format.js';
import { cardsOf, checkUpgrades, fits, readAll } from '../management.js';
import { poll } from '../poll.js';
import { ask } from '../api.js';
import { toast } from '../ui/announce.js';
import { bones, button, empty, fault, notice, pageHead, search } from '../ui/parts.js';
import { activity } from './backend-jobs.js';
import { cardList } from './backend-cards.js';

const shows = [['all', 'All'], ['installed', 'Installed'], ['upgrades', 'Updates'], ['available', 'Available']];

export const backends = {
  title: 'Backends',
  mount(root, { signal, pulse }) {
    const view = { text: '', show: 'all', type: '', variants: false };
    let data = null;
    let changeable = true;
    const trouble = h('div');
    const warnings = h('div', { class: 'section' });
    const total = h('span', { class: 'muted small', 'aria-live': 'polite' });
    const types = h('div', { class: 'chips', role: 'group', 'aria-label': 'Type' });
    const jobs = activity(() => polled.now());
    const cards = cardList({ changed: () => polled.now(), changeable: () => changeable });
    const holder = h('div', null, h('div', { class: 'card' }, bones(6)));
    const chips = shows.map(([value, text]) => h('button', { type: 'button', class: 'chip', 'aria-pressed': String(value === view.show), onclick: () => choose(value) }, text));
    const variants = h('input', { type: 'checkbox', onchange: () => { view.variants = variants.checked; draw(); } });
    const check = button('Check for updates', { name: 'refresh', onclick: look });
    const tools = h('div', { class: 'section', hidden: true },
      h('div', { class: 'toolbar' }, search('Search engines', 'Name, description or type', text => { view.text = text; draw(); }),
        h('div', { class: 'chips', role: 'group', 'aria-label': 'Shown' }, chips),
        h('label', { class: 'check' }, variants, 'Hardware variants'), total),
      types);

    function choose(value) {
      view.show = value;
      chips.forEach((chip, i) => chip.setAttribute('aria-pressed', String(shows[i][0] === value)));
      draw();
    }

    async function look() {
      check.disabled = true;
      try {
        await checkUpgrades();
        toast('Checking for newer versions. They appear here when found.');
      } catch (error) {
        toast(`${error.message} ${error.remedy}`, 'bad');
      } finally {
        check.disabled = false;
        polled.now();
      }
    }

    function drawTypes(all) {
      const names = [...new Set(all.flatMap(card => card.types))].sort();
      const wanted = JSON.stringify([names, view.type]);
      if (types.dataset.names !== wanted) {
        types.dataset.names = wanted;
        put(types, names.map(name => h('button', { type: 'button', class: 'chip', 'aria-pressed': String(name === view.type), onclick: () => {
          view.type = view.type === name ? '' : name;
          draw();
          [...types.children].find(chip => chip.textContent === name)?.focus();
        } }, name)));
      }
    }

    function draw() {
      if (!data) {
        return;
      }
      const all = cardsOf(data);
      const shown = all.filter(card => fits(card, view));
      drawTypes(all);
      total.textContent = plural(shown.length, 'engine');
      cards.update(shown);
      put(holder, shown.length ? cards.element : h('div', { class: 'card' }, all.length
        ? empty('search', 'No matching engine', 'Remove a filter, or search for another word.')
        : empty('backends', 'Nothing is installed, and no gallery offers anything', 'Add a gallery with GATEWAY_BACKEND_GALLERIES, or configure an engine by BACKEND_KIND and BACKEND_BASE_URL.')));
      put(warnings, changeable ? null : notice('info', 'Engine management is read-only.', 'Set GATEWAY_MANAGEMENT=on to install, upgrade and remove them.'),
        data.galleries.flatMap(gallery => (gallery.faults ?? []).map(text => notice('warn', `Gallery ${gallery.name}:`, text))));
    }

    const polled = poll(async () => {
      try {
        data = await readAll(signal);
        put(trouble);
        pulse('live');
        tools.hidden = check.hidden = false;
        jobs.update(data.jobs);
        draw();
      } catch (error) {
        if (error.name !== 'AbortError') {
          refuse(error);
        }
        throw error;
      }
    }, 2000, signal);

    function refuse(error) {
      if (error.status === 404) {
        pulse('live');
        tools.hidden = check.hidden = true;
        put(holder, h('div', { class: 'card' }, empty('backends', 'Engine management is off', 'With GATEWAY_MANAGEMENT=on the gateway installs engines as containers, upgrades them without losing a request, and rolls back automatically when an upgrade fails. GATEWAY_MANAGEMENT=read only lists them.')));
        return;
      }
      pulse('away');
      put(trouble, fault(error, () => polled.now()));
    }

    check.hidden = true;
    put(root, pageHead('Backends', 'Engines in containers: install, upgrade, roll back and remove them while requests continue.', check), trouble, warnings, jobs.element, tools, holder);
    ask('system-info', { signal }).then(info => {
      changeable = info.settings?.GATEWAY_MANAGEMENT !== 'read';
      check.disabled = !changeable && check.disabled;
      draw();
    }, () => {});
  },
};
