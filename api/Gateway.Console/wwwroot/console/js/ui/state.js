import { h, svg } from '../dom.js';

// Each state has a tone and a shape of its own, so that none is told by colour alone.
const states = {
  ready: ['good', 'disc', 'Ready'],
  degraded: ['warn', 'half', 'Degraded'],
  loading: ['info', 'ring', 'Loading'],
  starting: ['info', 'ring', 'Starting'],
  pulling: ['info', 'ring', 'Pulling'],
  draining: ['warn', 'down', 'Draining'],
  asleep: ['warn', 'square', 'Asleep'],
  unreachable: ['bad', 'cross', 'Unreachable'],
  absent: ['idle', 'circle', 'Absent'],
  stopped: ['idle', 'square', 'Stopped'],
  installed: ['good', 'disc', 'Installed'],
  working: ['info', 'ring', 'Working'],
  upgrade: ['info', 'up', 'Upgrade available'],
  available: ['idle', 'circle', 'Available'],
  done: ['good', 'disc', 'Done'],
  failed: ['bad', 'cross', 'Failed'],
  cancelled: ['idle', 'square', 'Cancelled'],
  online: ['good', 'disc', 'Online'],
  away: ['bad', 'cross', 'Away'],
  closed: ['good', 'disc', 'Closed'],
  open: ['bad', 'cross', 'Open'],
  halfopen: ['warn', 'half', 'Half open'],
  isolated: ['bad', 'cross', 'Open'],
  native: ['good', 'disc', 'Served'],
  partial: ['warn', 'half', 'Served with a difference'],
  needs: ['info', 'circle', 'Needs something first'],
  missing: ['idle', 'dash', 'Not served'],
};

const shapes = {
  disc: () => svg('circle', { cx: 6, cy: 6, r: 4.5, fill: 'currentColor' }),
  circle: () => svg('circle', { cx: 6, cy: 6, r: 4, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6 }),
  half: () => [svg('circle', { cx: 6, cy: 6, r: 4, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6 }), svg('path', { d: 'M6 2a4 4 0 0 0 0 8z', fill: 'currentColor' })],
  ring: () => svg('path', { d: 'M6 2a4 4 0 1 1-4 4', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8, 'stroke-linecap': 'round', class: 'spin' }),
  cross: () => svg('path', { d: 'M2.5 2.5l7 7M9.5 2.5l-7 7', stroke: 'currentColor', 'stroke-width': 2, 'stroke-linecap': 'round' }),
  down: () => svg('path', { d: 'M1.5 3.5h9L6 10z', fill: 'currentColor' }),
  up: () => svg('path', { d: 'M1.5 8.5h9L6 2z', fill: 'currentColor' }),
  square: () => svg('rect', { x: 2.5, y: 2.5, width: 7, height: 7, rx: 1, fill: 'currentColor' }),
  dash: () => svg('path', { d: 'M2.5 6h7', stroke: 'currentColor', 'stroke-width': 2, 'stroke-linecap': 'round' }),
};

const unknown = ['idle', 'circle', ''];

export function shape(state) {
  const [, name] = states[state] ?? unknown;
  return svg('svg', { viewBox: '0 0 12 12', 'aria-hidden': 'true' }, shapes[name]());
}

export function word(state) {
  return states[state]?.[2] || state;
}

export function tone(state) {
  return (states[state] ?? unknown)[0];
}

/** A state as a pill: colour, shape and word. */
export function badge(state, text) {
  return h('span', { class: `state tone-${tone(state)}`, data: { state } }, shape(state), text ?? word(state));
}
