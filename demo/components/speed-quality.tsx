import { useMemo } from 'preact/hooks';
import { describePolicies } from 'stillframe/policies';
import type uPlot from 'uplot';
import { placeLabels } from '../history/labels.ts';
import { markOf } from '../history/marks.ts';
import { type Point, pointsOf, spread } from '../history/points.ts';
import { runs } from '../state/runs.ts';
import { colorOf } from '../state/theme.ts';
import { Plot, type PlotOptions } from './plot.tsx';
import { plotAxis } from './plot-axis.ts';
import { PolicyLegend } from './policy-legend.tsx';

const HEIGHT = 240;
/** CSS pixels from a mark's middle to its edge. */
const RADIUS = 6;
/** CSS pixels of the numbers beside the marks. */
const TEXT_SIZE = 12;

const OPTIONS: PlotOptions = {
  scales: {
    // 1 is the baseline's speed: it is on the axis, so that distances from it can be seen.
    x: { time: false, range: (plot) => spread(valuesOf(plot, 0), { margin: 0.2, empty: [0.8, 3], always: [1] }) },
    y: { range: (plot) => spread(valuesOf(plot, 1), { margin: 2, empty: [20, 60] }) },
  },
  axes: [
    plotAxis({ label: 'Speedup', size: 32, values: (_, ticks) => ticks.map((tick) => `${Number(tick.toFixed(2))} ×`) }),
    plotAxis({ label: 'PSNR, dB', size: 48 }),
  ],
  cursor: { show: false },
  // The marks are drawn by hand: uPlot knows one shape.
  series: [{}, { paths: () => null, points: { show: false } }],
};

/** Speed against quality of the measured runs: up and to the right is better. */
export function SpeedQuality() {
  const points = useMemo(() => pointsOf(runs.value), [runs.value]);
  const data = useMemo<uPlot.AlignedData>(() => [points.map((p) => p.speedup), points.map((p) => p.psnr)], [points]);
  const policies = useMemo(() => describePolicies().map(({ name }) => name), []);
  if (points.length === 0) return null;
  return (
    <figure class="speed-quality">
      <figcaption>
        <h3>Speed against quality</h3>
        <p class="help">Up and to the right is better. Numbers are runs of the table.</p>
      </figcaption>
      <Plot
        options={OPTIONS}
        data={data}
        height={HEIGHT}
        label={`Speedup against PSNR of ${points.length} measured runs; the table has the numbers.`}
        onDraw={(plot) => drawPoints(plot, points, policies)}
      />
      <PolicyLegend policies={policies} isUsed={(policy) => points.some((point) => point.policy === policy)} />
    </figure>
  );
}

function drawPoints(plot: uPlot, points: readonly Point[], policies: readonly string[]): void {
  const { ctx } = plot;
  const radius = RADIUS * devicePixelRatio;
  const textHeight = TEXT_SIZE * devicePixelRatio;
  ctx.save();
  ctx.font = `${textHeight}px system-ui, sans-serif`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  const marks = points.map(({ id, speedup, psnr }) => ({
    x: plot.valToPos(speedup, 'x', true),
    y: plot.valToPos(psnr, 'y', true),
    width: ctx.measureText(String(id)).width,
  }));
  for (const [i, { policy }] of points.entries()) {
    const { color, path } = markOf(policies.indexOf(policy));
    const { x = 0, y = 0 } = marks[i] ?? {};
    ctx.save();
    ctx.translate(x, y);
    ctx.scale(radius, radius);
    ctx.fillStyle = colorOf(color);
    ctx.fill(new Path2D(path));
    ctx.restore();
  }
  ctx.fillStyle = colorOf('--text');
  for (const [i, { x, y }] of placeLabels(marks, radius, textHeight).entries()) {
    ctx.fillText(String(points[i]?.id), x, y);
  }
  ctx.restore();
}

function valuesOf(plot: uPlot, series: number): number[] {
  return [...(plot.data[series] ?? [])].filter((value) => typeof value === 'number');
}
