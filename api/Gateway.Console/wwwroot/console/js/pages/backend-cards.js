import { h, link } from '../dom.js';
import { digest, moment } from '../format.js';
import { button, facts, notice } from '../ui/parts.js';
import { slot } from '../ui/slot.js';
import { badge, word } from '../ui/state.js';
import { askInstall, askRemove, askRollBack, askStart, askStop, askUpgrade } from './backend-dialogs.js';
import { drawProgress } from './backend-jobs.js';
import { openLogs } from './backend-logs.js';

/** The cards of engines, kept by key so that a press never meets a card that was just replaced. */
export function cardList({ changed, changeable }) {
  const element = h('ul', { class: 'engine-cards' });
  const kept = new Map();

  function newCard() {
    const parts = { head: slot(h('div', { class: 'engine-head' })), body: slot(h('div', { class: 'engine-body' })), job: slot(h('div')), foot: slot(h('div', { class: 'engine-foot' })) };
    return { parts, item: h('li', { class: 'card engine-card' }, Object.values(parts).map(part => part.element)) };
  }

  function update(cards) {
    const keys = new Set(cards.map(card => card.key));
    for (const [key, { item }] of kept) {
      if (!keys.has(key)) {
        item.remove();
        kept.delete(key);
      }
    }
    cards.forEach((card, i) => {
      const entry = kept.get(card.key) ?? newCard();
      kept.set(card.key, entry);
      drawCard(entry.parts, card, { changed, changeable: changeable() });
      if (element.children[i] !== entry.item) {
        element.insertBefore(entry.item, element.children[i] ?? null);
      }
    });
  }

  return { element, update };
}

function drawCard(parts, card, context) {
  const { job, ...steady } = card;
  parts.head.show([card.name, card.state, card.already, card.upgrade, card.configured, card.types], () => drawHead(card));
  parts.body.show([steady, job !== null], () => drawBody(card));
  parts.job.show([job], () => (job ? drawProgress(job, context.changed) : []));
  parts.foot.show([card.state, card.upgrade, card.previous, card.configured, card.already, card.installable, card.nodes.length, job !== null, context.changeable], () => drawActions(card, context));
}

function drawHead(card) {
  return [
    h('div', { class: 'engine-title' }, h('h3', null, card.name), h('div', { class: 'engine-tags' }, card.types.map(type => h('span', { class: 'tag' }, type)))),
    h('div', { class: 'engine-states' }, badge(card.already ? 'installed' : card.state), card.upgrade ? badge('upgrade') : null),
  ];
}

// What loads or is stopped is as it should be, and what is only offered has a reason and no trouble.
function isTrouble(card) {
  return card.installed && ['degraded', 'unreachable', 'absent'].includes(card.state);
}

function drawBody(card) {
  const meta = card.metadata;
  return [
    h('p', { class: 'engine-text' }, card.description || 'No description.'),
    card.reason && !card.job ? notice(isTrouble(card) ? 'bad' : 'info', card.reason, '') : null,
    card.checkError ? notice('warn', 'The check for newer versions failed:', card.checkError) : null,
    facts([
      card.model ? ['Model', h('span', { class: 'mono' }, card.model)] : null,
      meta.version ? ['Version', meta.version] : null,
      card.upgrade ? ['Newer', card.upgrade.version || digest(card.upgrade.digest)] : null,
      meta.digest ? ['Digest', h('span', { class: 'mono', title: meta.digest }, digest(meta.digest))] : null,
      meta.installed_at ? ['Installed', moment(meta.installed_at)] : null,
      card.offer?.uri && !card.installed ? ['Image', h('span', { class: 'mono' }, card.offer.uri)] : null,
      card.offer?.meta && !card.installed ? ['Runs on', Object.keys(card.offer.capabilities ?? {}).filter(name => name !== 'default').join(', ')] : null,
      card.offer?.license ? ['Licence', card.offer.license] : null,
      card.offer?.urls?.length ? ['More', link(card.offer.urls[0])] : null,
      card.nodes.length > 1 ? ['Nodes', h('ul', null, card.nodes.map(node => h('li', null, `${node.node_name}: ${word(node.stopped ? 'stopped' : node.state ?? 'absent').toLowerCase()}`)))] : null,
    ]),
  ];
}

function drawActions(card, { changed, changeable }) {
  if (card.configured) {
    return [h('p', { class: 'muted small' }, 'It is defined in the settings; change it there.')];
  }
  const off = !changeable || card.job !== null;
  const act = (text, name, task, kind = '') => button(text, { name, kind: `button-small ${kind}`, label: `${text} ${card.name}`, disabled: off, onclick: () => task(card, changed) });
  if (!card.installed) {
    return [act('Install', 'download', askInstall, card.installable && !card.already ? 'button-primary' : '')].map(one => {
      one.disabled = off || !card.installable;
      return one;
    });
  }
  return [
    act('Upgrade', 'up', askUpgrade, card.upgrade ? 'button-primary' : ''),
    card.state === 'stopped' ? act('Start', 'play', askStart) : act('Stop', 'stop', askStop),
    button('Logs', { name: 'log', kind: 'button-small', label: `Logs of ${card.name}`, onclick: () => openLogs(card) }),
    card.previous ? act('Roll back', 'back', askRollBack) : null,
    button('', { name: 'trash', kind: 'button-plain button-icon button-small', label: `Delete ${card.name}`, disabled: off, onclick: () => askRemove(card, changed) }),
  ];
}
