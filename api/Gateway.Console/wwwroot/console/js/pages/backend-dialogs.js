import { ask } from '../api.js';
import { h, put } from '../dom.js';
import { digest } from '../format.js';
import { install, remove, rollBack, start, stop, upgrade } from '../management.js';
import { announce, toast } from '../ui/announce.js';
import { confirm, openDialog } from '../ui/dialog.js';
import { button, facts, fault, field, notice, select } from '../ui/parts.js';

async function run(task, said, changed) {
  try {
    await task();
    announce(said);
  } catch (error) {
    toast(`${error.message} ${error.remedy}`.trim(), 'bad');
  }
  changed();
}

/** Installs after a look at what is installed, where, and with which model. */
export function askInstall(card, changed) {
  const name = h('input', { class: 'input', autocomplete: 'off', spellcheck: 'false', placeholder: card.offer.alias || card.name, maxlength: 63 });
  const model = h('input', { class: 'input', autocomplete: 'off', spellcheck: 'false', placeholder: card.offer.model || 'the engine\u2019s default' });
  const node = select([{ value: '', text: 'Every node' }], '');
  const nodeField = field('Where', node, 'Each node gets the variant for its hardware.');
  const trouble = h('div');
  const go = button('Install', { name: 'download', kind: 'button-primary', onclick: () => submit() });
  const opened = openDialog(`Install ${card.name}`, [
    h('p', null, card.description),
    facts([card.offer.uri ? ['Image', h('span', { class: 'mono' }, card.offer.uri)] : null, card.offer.version ? ['Version', card.offer.version] : null, card.offer.gallery?.name ? ['Gallery', card.offer.gallery.name] : null, card.offer.license ? ['Licence', card.offer.license] : null]),
    field('Model', model, 'The model to load. Optional if the engine can start without one.'),
    field('Name', name, 'The name of the backend. Empty: the gallery\u2019s name.'),
    nodeField, trouble,
  ], { foot: [button('Cancel', { onclick: () => opened.close() }), go] });
  // One image for every node, where each may have hardware of its own.
  const variantFault = meta => (meta
    ? notice('bad', `${card.name} is for one type of hardware.`, `Choose the node that has it, or install ${meta}: each node then gets the variant for its hardware.`, button(`Install ${meta} instead`, { name: 'download', kind: 'button-small', onclick: () => submit(meta) }))
    : notice('bad', `${card.name} is for one type of hardware.`, 'Choose a node that has it.'));
  nodeField.hidden = true;
  go.focus();
  ask('api/nodes').then(nodes => {
    if (nodes.length > 1) {
      put(node, h('option', { value: '' }, 'Every node'), nodes.map(one => h('option', { value: one.id }, `${one.name} (${one.accelerator})`)));
      nodeField.hidden = false;
    }
  }, () => {});

  async function submit(id = card.name) {
    go.disabled = true;
    const more = {};
    if (name.value.trim()) {
      more.name = name.value.trim();
    }
    if (model.value.trim()) {
      more.model = model.value.trim();
    }
    try {
      await install(id, more, node.value);
      announce(`${id} is being installed.`);
      opened.close();
      changed();
    } catch (error) {
      put(trouble, error.code === 'concrete_backend_requires_target' ? variantFault(error.body.meta_alternative) : fault(error));
      go.disabled = false;
    }
  }
}

/** Upgrades to what the gallery has, or to a version or an image of the operator's choice. */
export async function askUpgrade(card, changed) {
  const known = card.upgrade ? card.upgrade.version || digest(card.upgrade.digest) : '';
  const to = h('input', { class: 'input', autocomplete: 'off', spellcheck: 'false', placeholder: known || 'the gallery\u2019s current version' });
  if (await confirm(`Upgrade ${card.name}?`, 'Requests continue meanwhile. If the new version does not become ready, the old one is restored automatically.', {
    yes: 'Upgrade',
    extra: [facts([['From', card.metadata.version || digest(card.metadata.digest)], known ? ['To', known] : null]), field('Another version or image', to, 'A tag such as v0.29.0, or an image such as registry.example/engine:v2. Empty: the gallery’s version.')],
  })) {
    await run(() => upgrade(card.name, to.value.trim()), `${card.name} is being upgraded.`, changed);
  }
}

export async function askRollBack(card, changed) {
  if (await confirm(`Roll ${card.name} back?`, 'The version before the last upgrade takes over. Requests continue meanwhile.', { yes: 'Roll back', extra: facts([['From', card.metadata.version || digest(card.metadata.digest)], ['To', card.previous]]) })) {
    await run(() => rollBack(card.name), `${card.name} is being rolled back.`, changed);
  }
}

export async function askRemove(card, changed) {
  if (await confirm(`Delete ${card.name}?`, 'Its running requests finish first. Then the container is removed; downloaded models stay on disk.', { yes: 'Delete', danger: true })) {
    await run(() => remove(card.name), `${card.name} is being deleted.`, changed);
  }
}

export async function askStop(card, changed) {
  if (await confirm(`Stop ${card.name}?`, 'Its running requests finish first. It stays installed and stopped until you start it again.', { yes: 'Stop' })) {
    await run(() => stop(card.name), `${card.name} is being stopped.`, changed);
  }
}

export function askStart(card, changed) {
  return run(() => start(card.name), `${card.name} is being started.`, changed);
}
