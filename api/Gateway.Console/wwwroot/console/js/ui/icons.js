import { svg } from '../dom.js';

// Drawn on a grid of 20 with a line of 1.5.
const paths = {
  overview: ['M3 3.5h5.5v6H3zM11.5 3.5H17v3.5h-5.5zM11.5 10H17v6.5h-5.5zM3 12.5h5.5v4H3z'],
  backends: ['M10 2.5 17 6l-7 3.5L3 6zM3 10l7 3.5L17 10M3 14l7 3.5 7-3.5'],
  models: ['M10 2.5 16.5 6v8L10 17.5 3.5 14V6zM3.5 6 10 9.5 16.5 6M10 9.5v8'],
  keys: ['M12.5 11.5a4.5 4.5 0 1 0-4.3-3.2L3 13.5V17h3.5v-2H8v-1.5h1.5l1.7-1.7q.6.2 1.3-.3zM13.5 6.5h.01'],
  matrix: ['M3 3.5h14v13H3zM3 8h14M3 12.3h14M8 3.5v13M12.7 8v8.5'],
  try: ['M3.5 4h13v9.5H9L5.5 17v-3.5h-2zM7 7.5h6M7 10.2h4'],
  nodes: ['M3 3.5h14v5.5H3zM3 11h14v5.5H3zM6 6.2h.01M6 13.7h.01M9.5 6.2H14M9.5 13.7H14'],
  audit: ['M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5M7.5 9.5h5M7.5 12h5M7.5 14.5h3'],
  menu: ['M3 5.5h14M3 10h14M3 14.5h14'],
  close: ['M5 5l10 10M15 5 5 15'],
  search: ['M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4'],
  copy: ['M7 7h9.5v9.5H7zM4 13H3.5V3.5H13V4'],
  check: ['M4 10.5 8.2 14.5 16 6'],
  refresh: ['M16.5 10a6.5 6.5 0 1 1-2-4.7L16.5 7M16.5 3v4h-4'],
  send: ['M4 10h11M10.5 5l5 5-5 5'],
  stop: ['M5.5 5.5h9v9h-9z'],
  play: ['M6 4l10 6-10 6z'],
  up: ['M10 16.5v-12M5 9l5-5 5 5'],
  back: ['M8 4 3.5 8.5 8 13M3.5 8.5H12a4.5 4.5 0 0 1 0 9h-2'],
  trash: ['M3.5 5.5h13M8 5.5V3.5h4v2M5 5.5l.8 11h8.4l.8-11M8.5 8.5v5M11.5 8.5v5'],
  log: ['M3 4h14v12H3zM6 8l2 2-2 2M10.5 12.5H14'],
  download: ['M10 3.5v9M6 9l4 4 4-4M3.5 16.5h13'],
  sun: ['M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1'],
  moon: ['M16.5 11.5A6.8 6.8 0 0 1 8.5 3.5a6.8 6.8 0 1 0 8 8z'],
  auto: ['M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14'],
  out: ['M8 3.5H3.5v13H8M12.5 6.5 16 10l-3.5 3.5M7.5 10H16'],
  warn: ['M10 3 18 16.5H2zM10 8v4M10 14.2h.01'],
  info: ['M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 9v4.5M10 6.5h.01'],
};

export function icon(name) {
  return svg('svg', { viewBox: '0 0 20 20', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.5, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true' },
    paths[name].map(d => svg('path', { d })));
}

/** The gateway's mark. */
export function mark() {
  return svg('svg', { viewBox: '0 0 32 32', 'aria-hidden': 'true' },
    svg('rect', { width: 32, height: 32, rx: 8, fill: 'var(--accent-fill)' }),
    svg('path', { d: 'M8 23V14a8 8 0 0 1 16 0v9M16 23v-8', fill: 'none', stroke: '#fff', 'stroke-width': 3, 'stroke-linecap': 'round' }));
}
