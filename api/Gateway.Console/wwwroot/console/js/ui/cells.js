/** Arrow keys walk over the cells of a table, of which only one at a time is in the order of the Tab key. */
export function walkCells(table, selector) {
  const rows = [...table.tBodies[0].rows].map(row => [...row.querySelectorAll(selector)]);
  rows.flat().forEach(cell => { cell.tabIndex = -1; });
  if (rows[0]?.[0]) {
    rows[0][0].tabIndex = 0;
  }

  const moves = {
    ArrowUp: (row, column) => [row - 1, column],
    ArrowDown: (row, column) => [row + 1, column],
    ArrowLeft: (row, column) => [row, column - 1],
    ArrowRight: (row, column) => [row, column + 1],
    Home: row => [row, 0],
    End: row => [row, rows[row].length - 1],
  };

  function find(cell) {
    const row = rows.findIndex(cells => cells.includes(cell));
    return row < 0 ? null : [row, rows[row].indexOf(cell)];
  }

  table.addEventListener('keydown', event => {
    const at = find(event.target);
    const target = at && moves[event.key]?.(...at);
    const cell = target && rows[target[0]]?.[target[1]];
    if (cell) {
      event.preventDefault();
      cell.focus();
    }
  });
  table.addEventListener('focusin', event => {
    const at = find(event.target);
    if (at) {
      rows.flat().forEach(cell => { cell.tabIndex = cell === event.target ? 0 : -1; });
    }
  });
}
