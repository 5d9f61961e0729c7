import type { Row } from './row.ts';

/** What rows are sorted by. */
export interface Order {
  readonly column: keyof Row;
  readonly direction: 'ascending' | 'descending';
}

const byLocale = new Intl.Collator('en', { numeric: true });

/** The rows in an order; those without a value come last in both directions, equal ones by their number. */
export function sortRows(rows: readonly Row[], { column, direction }: Order): readonly Row[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return rows.toSorted((a, b) => {
    const [left, right] = [a[column], b[column]];
    if (left === undefined || right === undefined) {
      return Number(left === undefined) - Number(right === undefined) || a.id - b.id;
    }
    return sign * compareValues(left, right) || a.id - b.id;
  });
}

/** The order after a click on a column's name: the other way round, or, of another column, from its start. */
export function nextOrder({ column, direction }: Order, clicked: Order): Order {
  if (column !== clicked.column) return clicked;
  return { column, direction: direction === 'ascending' ? 'descending' : 'ascending' };
}

function compareValues(a: number | string, b: number | string): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : byLocale.compare(String(a), String(b));
}
