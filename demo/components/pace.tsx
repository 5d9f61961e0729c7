import { formatRoughly } from '../format.ts';
import { type Estimate, estimateSeconds } from '../state/estimate.ts';
import { machine } from '../state/gpu.ts';
import { estimated, loaded } from '../state/model.ts';
import { findPolicy } from '../state/policies.ts';
import { runs } from '../state/runs.ts';
import { settings } from '../state/settings.ts';

/** Where it runs and how long it will take: above all where there is no real GPU, before anyone waits. */
export function Pace() {
  const model = estimated.value;
  const estimate = model && estimateSeconds(settings.value, model, runs.value, navigator.hardwareConcurrency || 1);
  const reuse = findPolicy(settings.value.policy)?.group === 'control' ? '' : ', less with reuse';
  switch (machine.value) {
    case 'software':
      return (
        <p id="slow" class="pace slow">
          <strong>No GPU found</strong>, so the processor stands in: {estimate && `${duration(estimate)}${reuse}.`}{' '}
          <code>chrome://gpu</code> says why.
        </p>
      );
    case 'none':
      return (
        <p id="slow" class="pace slow">
          <strong>No GPU for this page</strong>: this browser offers no WebGPU adapter.
        </p>
      );
    case 'gpu':
    case 'unknown':
      return (
        <p class="pace">
          It runs in this tab, on your own {loaded.value ? `GPU (${loaded.value.gpu.adapter})` : 'GPU'}. Nothing that
          you type leaves it.
          {estimate?.source === 'measured' && ` ${duration(estimate)}${reuse}.`}
        </p>
      );
  }
}

function duration({ seconds, source }: Estimate): string {
  return `about ${formatRoughly(seconds)} a clip ${source === 'measured' ? 'by your last run' : 'at a rough guess'}`;
}
