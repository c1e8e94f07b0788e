/** Comma-separated values, by RFC 4180, that no spreadsheet takes for formulas. */

type Cell = string | number | undefined;

/** Characters at the beginning of a text that make it a formula. The wide ones count as well in some programs. */
const formula = /^\s*[=+\-@\t\r＝＋－＠]/;

function cell(value: Cell): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Lines end in CRLF, the last one too. */
export const csv = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
