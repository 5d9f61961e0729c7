import { formatRoughly } from '../format.ts';
import { type Estimate, estimateSeconds } from '../state/estimate.ts';
import { loaded } from '../state/model.ts';
import { runs } from '../state/runs.ts';
import { settings } from '../state/settings.ts';

/** Where it runs and how long it will take: above all where there is no real GPU, before anyone waits. */
export function Pace() {
  const model = loaded.value;
  if (!model) return <p class="pace help">It runs in this tab, on your own GPU. Nothing that you type leaves it.</p>;
  const { adapter, capabilities } = model.gpu;
  const cores = navigator.hardwareConcurrency || 1;
  const estimate = estimateSeconds(settings.value, model, runs.value, cores);
  const { source } = estimate;
  if (capabilities.software) {
    return (
      <p id="slow" class="pace slow">
        No GPU here: the CPU stands in for one ({adapter}; <code>chrome://gpu</code> says why). This will be slow:{' '}
        <strong>about {formatRoughly(estimate.seconds)}</strong> with all blocks computed, {BASES[source]}.
      </p>
    );
  }
  return (
    <p class="pace help">
      On your GPU, {adapter}.{' '}
      {source === 'measured' && `About ${formatRoughly(estimate.seconds)} with all blocks computed, ${BASES[source]}.`}
    </p>
  );
}

const BASES: Readonly<Record<Estimate['source'], string>> = {
  measured: 'by your last run',
  rough: 'at a rough guess',
};
