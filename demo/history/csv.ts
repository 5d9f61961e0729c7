/** A cell: nothing, a number at full precision, or text. */
export type Cell = number | string | undefined;

/** Rows as RFC 4180 has them: commas, CRLF, and quotes around what holds a comma, a quote or a line's end. */
export function toCsv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

function quoted(cell: Cell): string {
  const text = cell === undefined ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
