import { ask } from '../api.js';
import { h, put } from '../dom.js';
import { bytes, count, plural } from '../format.js';
import { poll } from '../poll.js';
import { bones, empty, facts, fault, notice, pageHead } from '../ui/parts.js';
import { slot } from '../ui/slot.js';
import { badge, shape, tone, word } from '../ui/state.js';

export const nodes = {
  title: 'Nodes',
  mount(root, { signal, pulse }) {
    const trouble = h('div');
    const holder = slot(h('div', null, h('div', { class: 'card' }, bones(4))));

    const polled = poll(async () => {
      try {
        const all = await ask('api/nodes', { signal });
        put(trouble);
        pulse('live');
        holder.show(all, () => h('ul', { class: 'engine-cards' }, all.map(drawNode)));
      } catch (error) {
        if (error.status === 404) {
          pulse('live');
          holder.show('off', () => h('div', { class: 'card' }, empty('nodes', 'Engine management is off', 'With GATEWAY_MANAGEMENT=on or read, the machines that engines run on are shown here. GATEWAY_NODES configures several.')));
        } else if (error.name !== 'AbortError') {
          pulse('away');
          put(trouble, fault(error, () => polled.now()));
        }
        throw error;
      }
    }, 5000, signal);

    put(root, pageHead('Nodes', 'The machines that engines are installed on, and their hardware.'), trouble, holder.element);
  },
};

function drawNode(node) {
  const online = node.status === 'healthy';
  return h('li', { class: 'card engine-card' },
    h('div', { class: 'engine-head' },
      h('div', { class: 'engine-title' }, h('h3', null, node.name || node.id), h('div', { class: 'engine-tags' }, h('span', { class: 'tag' }, node.accelerator))),
      badge(online ? 'online' : 'away')),
    h('div', { class: 'engine-body' },
      node.reason ? notice('bad', node.reason, '') : null,
      facts([
        ['Docker Engine', node.docker_version ? `${node.docker_version} at ${node.address}` : node.address],
        node.os ? ['System', `${node.os}, ${node.architecture}`] : null,
        node.cpus ? ['Processors', count(node.cpus)] : null,
        node.memory_bytes ? ['Memory', bytes(node.memory_bytes)] : null,
        node.devices?.length ? ['Devices', node.devices.join(', ')] : null,
        node.runtimes?.length ? ['Runtimes', node.runtimes.join(', ')] : null,
      ]),
      h('h4', { class: 'small' }, plural(node.backends?.length ?? 0, 'engine')),
      node.backends?.length
        ? h('ul', { class: 'node-engines' }, node.backends.map(backend => h('li', null, h('span', { class: `state tone-${tone(backend.state)}` }, shape(backend.state), word(backend.state)), backend.name, backend.version ? h('span', { class: 'muted small' }, backend.version) : null)))
        : h('p', { class: 'muted small' }, online ? 'Nothing is installed here yet. The Backends page lists what is available.' : 'Unknown while the node is offline.')));
}
