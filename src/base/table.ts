/** Tables as text. */

/** A line per row, columns as wide as their longest cell: the first ones aligned to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[], left = 1): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  const padded = (cell: string, column: number): string =>
    column < left ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
  return rows.map((cells) => cells.map(padded).join('  ').trimEnd()).join('\n');
}
