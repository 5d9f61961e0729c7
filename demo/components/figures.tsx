import { summarizeRun } from 'stillframe/policies';
import { BLOCKS, MEMORY, QUALITY, TIMES, totalSeconds } from '../history/figures.ts';
import { live } from '../state/live.ts';
import { isExample, type Run, shown, shownBaseline, shownControl } from '../state/runs.ts';
import { FigureRows } from './figure-rows.tsx';
import { PhaseBar } from './phase-bar.tsx';
import '../styles/figures.css';

/** What the shown run took, beside its baseline and its control as far as they are there. */
export function Figures() {
  const run = shown.value;
  if (!run || live.value) return null;
  const all = [
    { title: isExample(run) ? 'Example' : 'This run', run },
    { title: 'Full clip', run: shownBaseline.value },
    { title: 'Fewer steps', run: shownControl.value },
  ].filter((column) => column.run);
  const columns = all.map((column) => column.run);
  const full = Math.max(...columns.map((column) => (column ? totalSeconds(column.report) : 0)));
  return (
    <section class="figures-section" aria-labelledby="figures-title">
      <h2 id="figures-title">What it took</h2>
      <ul class="in-words">
        {summarizeRun(run.report, shownBaseline.value?.report).sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <div class="scroll">
        <table id="report" class="figures">
          <thead>
            <tr>
              <td />
              {all.map(({ title, run }) => (
                <ColumnHead key={title} title={title} run={run} />
              ))}
            </tr>
          </thead>
          {columns.some((column) => column?.measured) && (
            <FigureRows title="Against the full clip" figures={QUALITY} runs={columns} />
          )}
          <FigureRows title="Work" figures={BLOCKS} runs={columns} />
          <FigureRows title="Time per phase" figures={TIMES} runs={columns}>
            <tr>
              <td />
              {columns.map((column, place) => (
                <td key={place}>
                  <PhaseBar report={column?.report} full={full} />
                </td>
              ))}
            </tr>
          </FigureRows>
          <FigureRows title="GPU memory" figures={MEMORY} runs={columns} />
        </table>
      </div>
      <p class="help">
        Loading, and what is compiled meanwhile, happens once for the model and is in the times of all its runs. The
        full clip (the baseline: policy none with measure) also measures every block at every step, which makes it
        slightly slower than computing alone, and the speedup that much larger: 1.3 to 1.5 % of a step where it was
        measured, with the embedded model on a software GPU.
      </p>
    </section>
  );
}

function ColumnHead({ title, run }: { readonly title: string; readonly run: Run | undefined }) {
  return (
    <th scope="col" class="number">
      {title}
      <span class="column-run">{run && !isExample(run) && `run ${run.id}`}</span>
    </th>
  );
}
