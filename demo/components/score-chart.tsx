import { dotsPath, linePath, middleOf } from '../cache-view/chart.ts';
import type { Curves } from '../cache-view/curves.ts';
import { FIELD_BOTTOM, FIELD_TOP, stepTicks } from '../cache-view/layout.ts';
import { shareOf, ticksOf } from '../cache-view/scale.ts';
import { formatScore } from '../cache-view/words.ts';
import { Chart } from './chart.tsx';
import { ThresholdLine } from './threshold-line.tsx';

const HEIGHT = 208;

interface ScoreChartProps {
  readonly steps: number;
  readonly curves: Curves;
  readonly label: string;
  /** Absent while the threshold cannot be moved. */
  readonly onThreshold: ((threshold: number) => void) | undefined;
}

/** The indicator over the steps on a logarithmic axis, and the threshold, which can be dragged. */
export function ScoreChart({ steps, curves, label, onThreshold }: ScoreChartProps) {
  const { scale, threshold, cond, uncond } = curves;
  // On a logarithmic axis 0 lies at the bottom.
  const share = (value: number) => shareOf(value, scale);
  return (
    <div class="score-chart">
      <Chart
        height={HEIGHT}
        label={label}
        x={stepTicks(steps).map((step) => ({ at: middleOf(step, steps), text: String(step) }))}
        y={ticksOf(scale).map((tick) => ({ at: share(tick), text: formatScore(tick) }))}
      >
        <path class="line uncond" d={linePath(uncond, steps, share)} />
        <path class="dots uncond" d={dotsPath(uncond, steps, share)} />
        <path class="line" d={linePath(cond, steps, share)} />
        <path class="dots" d={dotsPath(cond, steps, share)} />
      </Chart>
      {threshold !== undefined && (
        <ThresholdLine
          threshold={threshold}
          scale={scale}
          top={FIELD_TOP}
          height={HEIGHT - FIELD_TOP - FIELD_BOTTOM}
          onThreshold={onThreshold}
        />
      )}
    </div>
  );
}
