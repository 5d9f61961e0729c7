import type { Signal } from '@preact/signals';
import type { Column } from '../history/columns.ts';
import { nextOrder, type Order } from '../history/sort.ts';

interface SortHeaderProps {
  readonly column: Column;
  readonly order: Signal<Order>;
}

/** A column's name, which sorts by it. */
export function SortHeader({ column: { key, label, first, isNumber }, order }: SortHeaderProps) {
  const { column, direction } = order.value;
  const isSorted = column === key;
  const arrow = direction === 'ascending' ? '▲' : '▼';
  return (
    <th scope="col" class={isNumber ? 'number' : undefined} aria-sort={isSorted ? direction : undefined}>
      <button
        type="button"
        class="sort"
        onClick={() => {
          order.value = nextOrder(order.value, { column: key, direction: first });
        }}
      >
        {label}
        <span class="sort-arrow" aria-hidden="true">
          {isSorted ? arrow : ''}
        </span>
      </button>
    </th>
  );
}
