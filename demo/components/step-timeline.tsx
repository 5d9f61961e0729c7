import { useMemo } from 'preact/hooks';
import uPlot from 'uplot';
import { formatStep, type StepKind, secondsOf, timelineSentence, timelineSource } from '../cache-view/timeline.ts';
import type { CacheView } from '../state/live.ts';
import { colorOf } from '../state/theme.ts';
import { OVER_STEPS } from './over-steps.ts';
import { Plot, type PlotOptions } from './plot.tsx';
import { plotAxis } from './plot-axis.ts';

const HEIGHT = 128;

/** How long each step took, a bar a step. */
export function StepTimeline({ view }: { readonly view: CacheView }) {
  const data = useMemo((): uPlot.AlignedData => {
    const steps = Array.from({ length: view.steps }, (_, step) => step);
    return [steps, ...KINDS.map((kind) => secondsOf(view, kind))];
  }, [view]);
  const sentence = timelineSentence(view);
  return (
    <figure class="step-timeline" aria-label="Time a step">
      <div class="curve-key" aria-hidden="true">
        <span class="key bar">computed</span>
        <span class="key bar partly">in one branch</span>
        <span class="key bar reused">reused</span>
      </div>
      <Plot options={OPTIONS} data={data} height={HEIGHT} label={`Seconds of each step. ${sentence}`} />
      <p class="help timeline-note">
        {sentence} {timelineSource(view)}
      </p>
    </figure>
  );
}

const KINDS: readonly StepKind[] = ['computed', 'partly', 'reused'];

const bars = uPlot.paths.bars?.({ size: [0.8, 48], align: 0 });

function barSeries(color: `--${string}`, edge = color): uPlot.Series {
  return {
    fill: () => colorOf(color),
    stroke: () => colorOf(edge),
    width: 1,
    points: { show: false },
    ...(bars && { paths: bars }),
  };
}

const { padding, cursor, xScale, xAxis, yAxisSize } = OVER_STEPS;

const OPTIONS: PlotOptions = {
  padding: [...padding],
  cursor,
  scales: { x: xScale, y: { range: (_, __, most) => [0, most > 0 ? most * 1.05 : 1] } },
  axes: [
    xAxis,
    plotAxis({
      size: yAxisSize,
      values: (_, splits) => splits.map((seconds) => (seconds ? formatStep(seconds) : '0')),
    }),
  ],
  series: [{}, barSeries('--accent'), barSeries('--partly'), barSeries('--reused', '--hatch')],
};
