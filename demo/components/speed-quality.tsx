import { useMemo } from 'preact/hooks';
import { describePolicies } from 'stillframe';
import type uPlot from 'uplot';
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
  return (
    <figure class="speed-quality">
      <figcaption>
        <h3>Speed against quality</h3>
        <p class="help">
          {points.length > 0
            ? 'Up and to the right is better. Numbers are runs of the table.'
            : 'Compare a run to see it here.'}
        </p>
      </figcaption>
      <Plot
        options={OPTIONS}
        data={data}
        height={HEIGHT}
        label={`Speedup against PSNR of ${points.length} measured runs; the table has the numbers.`}
        onDraw={(plot) => {
          for (const point of points) drawPoint(plot, point, policies.indexOf(point.policy));
        }}
      />
      <PolicyLegend policies={policies} isUsed={(policy) => points.some((point) => point.policy === policy)} />
    </figure>
  );
}

function drawPoint(plot: uPlot, { id, speedup, psnr }: Point, index: number): void {
  const { ctx } = plot;
  const { color, path } = markOf(index);
  const radius = RADIUS * devicePixelRatio;
  ctx.save();
  ctx.translate(plot.valToPos(speedup, 'x', true), plot.valToPos(psnr, 'y', true));
  ctx.fillStyle = colorOf('--text');
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'start';
  ctx.textBaseline = 'middle';
  ctx.fillText(String(id), 1.6 * radius, 0);
  ctx.scale(radius, radius);
  ctx.fillStyle = colorOf(color);
  ctx.fill(new Path2D(path));
  ctx.restore();
}

function valuesOf(plot: uPlot, series: number): number[] {
  return [...(plot.data[series] ?? [])].filter((value) => typeof value === 'number');
}
