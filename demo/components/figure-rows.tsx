import type { ComponentChildren } from 'preact';
import type { Figure } from '../history/figures.ts';
import type { Run } from '../state/runs.ts';

interface FigureRowsProps {
  readonly title: string;
  readonly figures: readonly Figure[];
  /** A run a column; absent: not made yet. */
  readonly runs: readonly (Run | undefined)[];
  /** A line of the same columns, under the title. */
  readonly children?: ComponentChildren;
}

/** Figures that belong together: a line each, a run a column. */
export function FigureRows({ title, figures, runs, children }: FigureRowsProps) {
  return (
    <tbody>
      <tr>
        <th class="figures-title" scope="rowgroup" colSpan={runs.length + 1}>
          {title}
        </th>
      </tr>
      {children}
      {figures.map((figure) => (
        <tr key={figure.name}>
          <th scope="row">
            {figure.className && <span class={`swatch ${figure.className}`} aria-hidden="true" />}
            {figure.name}
          </th>
          {runs.map((run, column) => (
            <td key={column} class="number">
              {(run && figure.show(run)) ?? '–'}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}
