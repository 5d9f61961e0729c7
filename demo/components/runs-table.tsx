import { useSignal } from '@preact/signals';
import { COLUMNS } from '../history/columns.ts';
import { toRow } from '../history/row.ts';
import { type Order, sortRows } from '../history/sort.ts';
import { runs } from '../state/runs.ts';
import { RunRow } from './run-row.tsx';
import { SortHeader } from './sort-header.tsx';

/** The user's runs, newest first until it is sorted otherwise; it scrolls in a box of its own. */
export function RunsTable() {
  const order = useSignal<Order>({ column: 'id', direction: 'descending' });
  const rows = sortRows(runs.value.map(toRow), order.value);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section class="scroll runs-table" tabIndex={0} aria-label="Your runs">
      <table>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <SortHeader key={column.key} column={column} order={order} />
            ))}
            <th scope="col">
              <span class="unseen">Delete</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <RunRow key={row.id} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}
