import { outcomeSentence } from '../cache-view/notes.ts';
import type { Scale } from '../cache-view/scale.ts';
import { THRESHOLD_STEP } from '../cache-view/threshold.ts';
import { formatScore } from '../cache-view/words.ts';
import { generateWithThreshold, isBusy } from '../state/session.ts';
import { tryThreshold, type WhatIf } from '../state/what-if.ts';

interface ThresholdControlProps {
  readonly whatIf: WhatIf | undefined;
  readonly scale: Scale;
}

/** Sets the threshold that is tried, says what it would do, and runs it. */
export function ThresholdControl({ whatIf, scale }: ThresholdControlProps) {
  const threshold = whatIf?.policy.options.threshold ?? 0;
  return (
    <div class="threshold-control">
      <label class="threshold-slider">
        <span>Threshold</span>
        <input
          type="range"
          min={0}
          max={scale.high}
          step={THRESHOLD_STEP}
          value={threshold}
          disabled={!whatIf}
          aria-valuetext={formatScore(threshold)}
          onInput={(event) => tryThreshold(event.currentTarget.valueAsNumber)}
        />
        <output>{whatIf ? formatScore(threshold) : '–'}</output>
      </label>
      <button
        type="button"
        disabled={!whatIf || isBusy.value || threshold === whatIf.own}
        onClick={() => generateWithThreshold(threshold)}
      >
        Run with threshold {whatIf ? formatScore(threshold) : '–'}
      </button>
      <p class="threshold-outcome" aria-live="polite">
        {whatIf && outcomeSentence(whatIf.outcome)}
      </p>
    </div>
  );
}
