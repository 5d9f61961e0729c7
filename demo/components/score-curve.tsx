import { useMemo } from 'preact/hooks';
import { decidingBranches, indicatorOf } from '../cache-view/indicator.ts';
import { curveNote } from '../cache-view/notes.ts';
import { type CacheRecord, recordOf } from '../cache-view/record.ts';
import { chartScale } from '../cache-view/threshold.ts';
import { tryThreshold, type WhatIf } from '../state/what-if.ts';
import { ScheduleStrips } from './schedule-strips.tsx';
import { ScoreChart } from './score-chart.tsx';
import { ThresholdControl } from './threshold-control.tsx';

const NOTHING: WhatIf['recording']['schedule'] = {};

interface ScoreCurveProps {
  /** What was run, or is. */
  readonly record: CacheRecord;
  /** Whether nothing was run yet. */
  readonly isEmpty: boolean;
  /** What is tried on it, once it has run. */
  readonly whatIf: WhatIf | undefined;
}

/** What the policy measured against its threshold, and the schedule that another threshold would have given. */
export function ScoreCurve({ record, isEmpty, whatIf }: ScoreCurveProps) {
  const predicted = whatIf && !(whatIf.outcome instanceof Error) ? whatIf.outcome.schedule : NOTHING;
  const policy = whatIf?.policy ?? record.policy;
  const source = useMemo(() => (whatIf ? recordOf(whatIf.recording) : record), [whatIf?.recording, record]);
  const deciding = decidingBranches(policy);
  const curve = (branch: 'cond' | 'uncond') =>
    deciding.includes(branch) ? indicatorOf(source, branch, policy, whatIf ? predicted[branch] : undefined) : [];
  const cond = curve('cond');
  const uncond = curve('uncond');
  const scale = chartScale([...cond, ...uncond], whatIf?.own);

  return (
    <figure class="score-curve" aria-label="Indicator and threshold">
      <div class="curve-key" aria-hidden="true">
        <span class="key cond">cond</span>
        <span class="key uncond">uncond</span>
        <span class="key line">threshold</span>
      </div>
      <ScoreChart
        steps={record.steps}
        cond={cond}
        uncond={uncond}
        scale={scale}
        label="Score by step"
        threshold={whatIf?.policy.options.threshold}
        onThreshold={tryThreshold}
      />
      <ScheduleStrips record={record} predicted={predicted} />
      <ThresholdControl whatIf={whatIf} scale={scale} />
      <p class="help curve-note">{curveNote(isEmpty ? undefined : record, whatIf)}</p>
    </figure>
  );
}
