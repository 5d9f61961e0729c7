import type uPlot from 'uplot';
import { colorOf } from '../state/theme.ts';

/** An axis in the page's colours and type; what is given goes before. */
export function plotAxis(given: uPlot.Axis): uPlot.Axis {
  const line = { stroke: () => colorOf('--line'), width: 1 };
  const font = '12px system-ui, sans-serif';
  return {
    stroke: () => colorOf('--muted'),
    font,
    labelFont: font,
    labelSize: 18,
    ...given,
    grid: { ...line, ...given.grid },
    ticks: { ...line, size: 4, ...given.ticks },
  };
}
