import { useMemo, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import type { Curves } from '../cache-view/curves.ts';
import { type Scale, ticksOf } from '../cache-view/scale.ts';
import { formatScore } from '../cache-view/words.ts';
import { colorOf } from '../state/theme.ts';
import { FIELD_BOTTOM, FIELD_TOP, OVER_STEPS } from './over-steps.ts';
import { Plot, type PlotOptions } from './plot.tsx';
import { plotAxis } from './plot-axis.ts';
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
  const { scale, threshold } = curves;
  const newest = useRef(scale);
  newest.current = scale;
  const options = useMemo(() => scoreOptions(() => newest.current), []);
  const data = useMemo((): uPlot.AlignedData => {
    const numbers = Array.from({ length: steps }, (_, step) => step);
    // On a logarithmic axis 0 lies at the bottom.
    const seen = (values: readonly (number | null)[]) => numbers.map((step) => atLeast(values[step], scale.low));
    return [numbers, seen(curves.cond), seen(curves.uncond)];
  }, [steps, curves, scale]);
  return (
    <div class="score-chart">
      <Plot options={options} data={data} height={HEIGHT} label={label} />
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

function scoreOptions(scale: () => Scale): PlotOptions {
  const { padding, cursor, xScale, xAxis, yAxisSize } = OVER_STEPS;
  const line = (color: `--${string}`, dash?: number[]): uPlot.Series => {
    const stroke = () => colorOf(color);
    return { stroke, width: 2, ...(dash && { dash }), points: { show: true, size: 6, stroke, fill: stroke } };
  };
  return {
    padding: [...padding],
    cursor,
    scales: {
      x: xScale,
      y: { distr: 3, range: () => [scale().low, scale().high] },
    },
    axes: [
      xAxis,
      plotAxis({
        size: yAxisSize,
        splits: () => [...ticksOf(scale())],
        filter: (_, splits) => splits,
        values: (_, splits) => splits.map(formatScore),
      }),
    ],
    series: [{}, line('--accent'), line('--hatch', [6, 4])],
  };
}

function atLeast(value: number | null | undefined, low: number): number | null {
  return value === null || value === undefined ? null : Math.max(low, value);
}
