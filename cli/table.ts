/** A column: its title, and whether its cells are numbers, which are aligned to the right. */
export interface Column {
  readonly title: string;
  readonly numeric?: boolean;
}

/** Lays rows out as text, two spaces between columns, under a line of titles. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const titles = columns.map(({ title }) => title);
  const widths = columns.map((_, i) => Math.max(...[titles, ...rows].map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]) =>
    columns
      .map(({ numeric }, i) => (numeric ? cells[i]?.padStart(widths[i] ?? 0) : cells[i]?.padEnd(widths[i] ?? 0)) ?? '')
      .join('  ')
      .trimEnd();
  return [titles, ...rows].map(line).join('\n');
}

/** A number with three significant digits, e.g. `0.123`, `12.3`, `1234`. */
export function threeDigits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  return magnitude >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
