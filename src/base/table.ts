/** Tables as text. */

/** A line per row, columns as wide as their longest cell. Those in `right` are aligned to the right; default: all but the first. */
export function table(
  rows: readonly (readonly string[])[],
  right: readonly number[] = rows[0].map((_, column) => column).slice(1),
): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  const padded = (cell: string, column: number): string =>
    right.includes(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]);
  return rows.map((cells) => cells.map(padded).join('  ').trimEnd()).join('\n');
}
