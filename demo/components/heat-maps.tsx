import { useMemo, useState } from 'preact/hooks';
import type { Branch } from 'stillframe';
import type { Place } from '../cache-view/cells.ts';
import { type Grid, gridOf, kindsIn } from '../cache-view/grid.ts';
import { isLeftOut } from '../cache-view/left-out.ts';
import type { CacheRecord } from '../cache-view/record.ts';
import { scaleOf } from '../cache-view/scale.ts';
import { BRANCH_NAMES, cellSentence, scheduleSentence } from '../cache-view/words.ts';
import { HeatLegend } from './heat-legend.tsx';
import { HeatMap } from './heat-map.tsx';
import { StepAxis } from './step-axis.tsx';

const LEFT_OUT = 'Not run: at guidance 1 or below the model runs with the prompt alone.';

const BRANCHES: readonly Branch[] = ['cond', 'uncond'];

/** Steps x blocks of both branches in the same colours, and the numbers of the cell that is pointed at. */
export function HeatMaps({ record }: { readonly record: CacheRecord }) {
  const [selected, select] = useState<{ readonly branch: Branch; readonly place: Place }>();
  const grids = useMemo(() => BRANCHES.map((branch) => gridOf(record, branch)), [record]);
  const scores = useMemo(() => grids.flatMap(scoresIn), [grids]);
  const scale = useMemo(() => scaleOf(scores), [scores]);
  const shown = grids.find(({ branch }) => branch === selected?.branch);

  return (
    <figure class="heat-maps" aria-label="Steps and blocks">
      {grids.map((grid) => (
        <HeatMap
          key={grid.branch}
          grid={grid}
          scale={scale}
          summary={
            isLeftOut(record, grid.branch)
              ? LEFT_OUT
              : scheduleSentence(BRANCH_NAMES[grid.branch].long, record.schedule[grid.branch] ?? '', record.steps)
          }
          note={isLeftOut(record, grid.branch) ? LEFT_OUT : undefined}
          selected={selected?.branch === grid.branch ? selected.place : undefined}
          onSelect={(place) => select(place && { branch: grid.branch, place })}
        />
      ))}
      <StepAxis steps={record.steps} />
      <p class="heat-readout" aria-live="polite">
        {shown && selected ? cellSentence(shown, selected.place.step, selected.place.row) : readoutHint(grids)}
      </p>
      <HeatLegend scale={scores.length > 0 ? scale : undefined} kinds={kindsIn(grids)} />
    </figure>
  );
}

function readoutHint(grids: readonly Grid[]): string {
  if (grids.every(({ rows }) => rows.length === 0)) return 'The first run fills it in, step by step.';
  const isOfStep = grids.some(({ measured }) => measured.kind === 'step');
  const how = isOfStep ? 'One score colours a whole step. ' : '';
  return `${how}Point at a cell, or use the arrow keys.`;
}

function scoresIn({ cells }: Grid): number[] {
  return cells.flatMap((column) => column.flatMap(({ score }) => score ?? []));
}
