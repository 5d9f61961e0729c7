import { type Estimate, estimateSeconds } from '../state/estimate.ts';
import { loaded } from '../state/model.ts';
import { runs } from '../state/runs.ts';
import { settings } from '../state/settings.ts';

/** Said before anyone waits: there is no real GPU, and how long it will take. */
export function SoftwareNotice() {
  const model = loaded.value;
  if (!model?.gpu.capabilities.software) return null;
  const cores = navigator.hardwareConcurrency || 1;
  const estimate = estimateSeconds(settings.value, model, runs.value, cores);
  return (
    <p id="slow" class="box">
      This browser has no GPU to give: its CPU stands in for one ({model.gpu.adapter}). This will be slow: about{' '}
      <strong>{round(estimate.seconds)} seconds</strong> with every block computed, {basis(estimate, cores)}. In Chrome,{' '}
      <code>chrome://gpu</code> says why.
    </p>
  );
}

/** Two digits are all that an estimate has. */
function round(seconds: number): number {
  return Number(Math.max(2, seconds).toPrecision(seconds < 10 ? 1 : 2));
}

function basis({ source }: Estimate, cores: number): string {
  return source === 'measured'
    ? 'by the steps of your last run'
    : `a rough guess from the model's size and ${cores === 1 ? 'one core' : `${cores} cores`}`;
}
