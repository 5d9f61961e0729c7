import { COLUMNS } from '../history/columns.ts';
import type { Row } from '../history/row.ts';
import { shownId } from '../state/runs.ts';
import { isBusy, remove } from '../state/session.ts';

const ROLES: Readonly<Partial<Record<Row['role'], string>>> = { baseline: 'baseline', control: 'control' };

/** A run of the table: a click shows it. */
export function RunRow({ row }: { readonly row: Row }) {
  const { id, role } = row;
  const isShown = shownId.value === id;
  const mark = ROLES[role];
  const show = () => {
    shownId.value = id;
  };
  return (
    <tr class={isShown ? 'run-row shown' : 'run-row'} onClick={show}>
      {COLUMNS.map((column) => {
        const text = column.show(row);
        if (column.key === 'id') {
          return (
            <th key={column.key} scope="row" class="number">
              <button type="button" class="chip" aria-pressed={isShown} aria-label={`Show run ${text}`} onClick={show}>
                {text}
              </button>
            </th>
          );
        }
        return (
          <td key={column.key} class={column.isNumber ? 'number' : undefined}>
            {text}
            {column.key === 'policy' && mark && <span class="role">{mark}</span>}
          </td>
        );
      })}
      <td>
        <button
          type="button"
          class="chip"
          disabled={isBusy.value}
          aria-label={`Delete run ${id}`}
          onClick={(event) => {
            event.stopPropagation();
            remove(id);
          }}
        >
          ×
        </button>
      </td>
    </tr>
  );
}
