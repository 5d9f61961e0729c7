import { useMemo } from 'preact/hooks';
import { curvesOf, predictedOf } from '../cache-view/curves.ts';
import { curveNote, curveSentence } from '../cache-view/notes.ts';
import type { CacheRecord } from '../cache-view/record.ts';
import { tryThreshold, type WhatIf } from '../state/what-if.ts';
import { ScheduleStrips } from './schedule-strips.tsx';
import { ScoreChart } from './score-chart.tsx';
import { ThresholdControl } from './threshold-control.tsx';

interface ScoreCurveProps {
  /** What was run, or is. */
  readonly record: CacheRecord;
  /** What is tried on it, once it has run. */
  readonly whatIf: WhatIf | undefined;
}

/** What the policy measured against its threshold, and the schedule that another threshold would have given. */
export function ScoreCurve({ record, whatIf }: ScoreCurveProps) {
  const curves = useMemo(() => curvesOf(record, whatIf), [record, whatIf]);
  const { cond, uncond, threshold, scale } = curves;

  return (
    <figure class="score-curve" aria-label="Indicator and threshold">
      <div class="curve-key" aria-hidden="true">
        <span class="key">with the prompt</span>
        {uncond.length > 0 && <span class="key uncond">without it</span>}
        {threshold !== undefined && <span class="key line">the line (threshold)</span>}
        <span class="key bar">computed</span>
        <span class="key bar reused">reused</span>
      </div>
      <ScoreChart
        steps={record.steps}
        curves={curves}
        label={curveSentence(cond, uncond)}
        onThreshold={whatIf && tryThreshold}
      />
      <ScheduleStrips record={record} predicted={predictedOf(whatIf)} />
      <ThresholdControl whatIf={whatIf} scale={scale} />
      <p class="help curve-note">{curveNote(record, whatIf)}</p>
    </figure>
  );
}
