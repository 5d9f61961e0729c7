import { useEffect } from 'preact/hooks';
import { formatBytes } from '../format.ts';
import { followPlan, planned } from '../state/planned.ts';
import { runs } from '../state/runs.ts';

/** GPU memory: planned for the settings as they are, and what the last run really held. */
export function GpuMemory() {
  useEffect(followPlan, []);
  const now = planned.value;
  const plan = now.kind === 'known' ? now.memory : undefined;
  const last = runs.value.at(-1);
  const used = last?.report.memory;
  const rows = [
    { what: 'Weights', planned: plan?.weightsBytes, used: used?.weightsBytes },
    { what: 'Activations and states', planned: plan?.runBytes },
    { what: 'Kept for reuse', planned: plan?.cacheBytes, used: used?.cacheBytes },
    { what: 'The clip', planned: plan?.clipBytes },
    { what: 'At most at once', planned: plan?.plannedBytes, used: used?.peakBytes },
  ];
  return (
    <div>
      <div class="scroll">
        <table>
          <caption>Memory</caption>
          <thead>
            <tr>
              <td />
              <th scope="col" class="number">
                Planned
              </th>
              <th scope="col" class="number">
                {last ? `Held by run ${last.id}` : 'Held by a run'}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ what, planned, used }) => (
              <tr key={what}>
                <th scope="row">{what}</th>
                <td class="number">{amount(planned)}</td>
                <td class="number">{amount(used)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="help">
        {now.kind === 'impossible'
          ? now.message
          : 'What is kept for reuse is freed before the clip is made, so the two never add up.'}
      </p>
    </div>
  );
}

function amount(bytes: number | undefined): string {
  return bytes === undefined ? '–' : formatBytes(bytes);
}
