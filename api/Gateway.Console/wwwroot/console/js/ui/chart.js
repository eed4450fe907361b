import uPlot from '../../vendor/uplot-1.6.32/uPlot.esm.js';
import { h, put, setText, svg } from '../dom.js';
import { onThemeChange } from './theme.js';

// A canvas knows no custom properties, and these are pairs of colours: an element computes the one that holds now.
function colour(name) {
  const probe = h('span', { hidden: true });
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

/**
 * A chart over time. Series: { label, colour: '--chart-1', dash?, fill? }; `format` makes a value a text.
 * Returns { element, update(times, columns), note(text) }.
 */
export function chart({ title, series, format, signal }) {
  const values = series.map(() => h('b', null, '\u2013'));
  const legend = h('ul', { class: 'legend' }, series.map((one, i) => h('li', null, swatch(one), one.label, ' ', values[i])));
  const plotted = h('div', { class: 'chart-plot', role: 'img' });
  const element = h('figure', { class: 'card chart' }, h('figcaption', { class: 'chart-head' }, h('h3', null, title), legend), plotted);
  let plot = null;
  let shown = [[], ...series.map(() => [])];
  let said = '';

  function describe(index) {
    const texts = series.map((one, i) => format(shown[i + 1][index]));
    values.forEach((value, i) => setText(value, texts[i]));
    if (index === shown[0].length - 1) {
      plotted.setAttribute('aria-label', `${title}, now: ${series.map((one, i) => `${one.label} ${texts[i]}`).join(', ')}`);
    }
  }

  function build() {
    plot?.destroy();
    put(plotted);
    plot = new uPlot(options(), shown, plotted);
  }

  function options() {
    const [text, line] = [colour('--muted'), colour('--line')];
    const axis = { stroke: text, font: '11px Inter, system-ui, sans-serif', grid: { stroke: line, width: 1 }, ticks: { show: false } };
    return {
      width: Math.max(160, plotted.clientWidth),
      height: plotted.clientHeight,
      padding: [8, 20, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
      scales: { x: { time: true }, y: { range: (_, low, high) => [0, high > 0 ? high * 1.15 : 1] } },
      axes: [{ ...axis, grid: { show: false }, size: 26, space: 60, incrs: [60, 120, 300], values: (_, ticks) => ticks.map(clock) }, { ...axis, size: 56, space: 32, values: (_, ticks) => ticks.map(format) }],
      series: [{}, ...series.map(one => ({
        label: one.label, stroke: colour(one.colour), width: 1.75, dash: one.dash, spanGaps: false, points: { show: false },
        fill: one.fill ? faint(colour(one.colour)) : undefined,
      }))],
      hooks: { setCursor: [one => describe(one.cursor.idx ?? shown[0].length - 1)] },
    };
  }

  function note(text) {
    if (text === said) {
      return;
    }
    said = text;
    plot?.destroy();
    plot = null;
    put(plotted, h('p', { class: 'note' }, text));
    plotted.setAttribute('aria-label', `${title}. ${text}`);
  }

  function update(times, columns) {
    shown = [times, ...columns];
    said = '';
    if (!plot) {
      build();
    } else {
      plot.setData(shown);
    }
    describe(plot.cursor.idx ?? times.length - 1);
  }

  const resized = new ResizeObserver(() => plot?.setSize({ width: Math.max(160, plotted.clientWidth), height: plotted.clientHeight }));
  resized.observe(plotted);
  onThemeChange(() => plot && build(), signal);
  signal.addEventListener('abort', () => {
    resized.disconnect();
    plot?.destroy();
    plot = null;
  });
  return { element, update, note };
}

function swatch(one) {
  return svg('svg', { viewBox: '0 0 16 8', 'aria-hidden': 'true' },
    svg('path', { d: 'M0 4h16', stroke: `var(${one.colour})`, 'stroke-width': 2.5, 'stroke-dasharray': one.dash ? '4 3' : null }));
}

function faint(rgb) {
  return rgb.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.1)');
}

function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', hour12: false });
}
