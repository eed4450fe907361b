import { h, put } from '../dom.js';

/**
 * A list of rows that can be updated every other second without disturbing what is focused in it: rows are kept by key, and a
 * cell is drawn again only when its value has changed.
 * Columns: { title, value(row), draw?(row), end?, lead?, tight?, hideTitle? }.
 */
export function table(caption, columns, keyOf) {
  const body = h('tbody');
  const kept = new Map();
  const element = h('table', { class: 'list', role: 'table' },
    h('caption', null, caption),
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, columns.map(column => h('th', { scope: 'col', role: 'columnheader', class: column.end ? 'end' : null },
      column.hideTitle ? h('span', { class: 'visually-hidden' }, column.title) : column.title)))),
    body);
  body.setAttribute('role', 'rowgroup');

  function newRow() {
    const cells = columns.map(column => h('td', { role: 'cell', class: [column.end && 'end', column.lead && 'lead', column.tight && 'tight'].filter(Boolean).join(' ') || null, data: { label: column.hideTitle ? '' : column.title } }));
    return { row: h('tr', { role: 'row' }, cells), cells, values: [] };
  }

  function update(rows) {
    const wanted = rows.map(row => {
      const key = keyOf(row);
      const entry = kept.get(key) ?? newRow();
      kept.set(key, entry);
      columns.forEach((column, i) => {
        const value = JSON.stringify(column.value(row) ?? null);
        if (entry.values[i] !== value) {
          entry.values[i] = value;
          put(entry.cells[i], column.draw ? column.draw(row) : String(column.value(row) ?? '\u2013'));
        }
      });
      return [key, entry.row];
    });
    const keys = new Set(wanted.map(([key]) => key));
    for (const key of [...kept.keys()].filter(key => !keys.has(key))) {
      kept.get(key).row.remove();
      kept.delete(key);
    }
    wanted.forEach(([, row], i) => {
      if (body.children[i] !== row) {
        body.insertBefore(row, body.children[i] ?? null);
      }
    });
  }

  return { element, update };
}
