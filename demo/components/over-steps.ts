import type uPlot from 'uplot';
import { END, GUTTER, stepTicks } from '../cache-view/layout.ts';
import { plotAxis } from './plot-axis.ts';

/** CSS pixels over and under the field of a chart over the steps. */
export const FIELD_TOP = 8;
export const FIELD_BOTTOM = 24;

/** What charts over the steps share: steps lie where those of the heat maps do. The x values are 0, 1, 2, ... */
export const OVER_STEPS = {
  padding: [FIELD_TOP, END, 0, 0],
  cursor: { drag: { x: false, y: false }, y: false },
  xScale: { time: false, range: (plot: uPlot): uPlot.Range.MinMax => [-0.5, plot.data[0].length - 0.5] },
  xAxis: plotAxis({
    size: FIELD_BOTTOM,
    gap: 2,
    grid: { show: false },
    splits: (plot) => [...stepTicks(plot.data[0].length)],
    values: (_, splits) => splits.map(String),
  }),
  /** Size of the axis left of the field. */
  yAxisSize: GUTTER,
} as const;
