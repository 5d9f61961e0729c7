import type { KindOfCell } from './kinds.ts';

/** How cells are marked. */
export type Pattern = KindOfCell['pattern'];

/** CSS pixels from line to line, and from dot to dot. */
export const PERIOD = 5;

/** A line from one point to another, in pixels. */
export type Line = readonly [fromX: number, fromY: number, toX: number, toY: number];

/** The lines of a pattern over a picture, going on from cell to cell. A dot is a line as long as it is wide. */
export function linesOf(pattern: Pattern, width: number, height: number, period: number): Line[] {
  const every = (from: number, to: number) =>
    Array.from({ length: Math.max(0, Math.ceil((to - from) / period)) }, (_, i) => from + i * period);
  switch (pattern) {
    case 'none':
      return [];
    case 'rising':
      return every(-height, width).map((foot) => [foot, height, foot + height, 0]);
    case 'falling':
      return every(-height, width).map((top) => [top, 0, top + height, height]);
    case 'level':
      return every(period / 2, height).map((y) => [0, y, width, y]);
    case 'cross':
      return [...linesOf('rising', width, height, period), ...linesOf('falling', width, height, period)];
    case 'dots':
      return every(period / 2, height).flatMap((y) =>
        every(period / 2, width).map((x): Line => [x - period / 5, y, x + period / 5, y]),
      );
  }
}

/** Draws a pattern within a path over the whole canvas. @param ratio Device pixels a CSS pixel. */
export function drawPattern(
  context: CanvasRenderingContext2D,
  pattern: Pattern,
  within: Path2D,
  color: string,
  ratio: number,
): void {
  const { width, height } = context.canvas;
  context.save();
  context.clip(within);
  context.beginPath();
  for (const [fromX, fromY, toX, toY] of linesOf(pattern, width, height, PERIOD * ratio)) {
    context.moveTo(fromX, fromY);
    context.lineTo(toX, toY);
  }
  context.strokeStyle = color;
  context.lineWidth = pattern === 'dots' ? 2 * ratio : ratio;
  context.stroke();
  context.restore();
}
