import { boxOf } from './cells.ts';
import type { Cell, Grid } from './grid.ts';
import { cssColor, rampAt } from './ramp.ts';
import { type Scale, shareOf } from './scale.ts';

/** What the heat map is painted with, beside the ramp. */
export interface Paint {
  readonly isDark: boolean;
  /** Computed, not measured. */
  readonly plain: string;
  /** Reused: what is under the hatch, and its lines. */
  readonly reused: string;
  readonly hatch: string;
}

/** Device pixels between the lines of the hatch, for each CSS pixel. */
const HATCH_PERIOD = 5;

/**
 * Draws a branch's heat map over the whole canvas.
 *
 * @param ratio Device pixels a CSS pixel.
 */
export function paintGrid(context: CanvasRenderingContext2D, grid: Grid, scale: Scale, paint: Paint, ratio: number) {
  const { width, height } = context.canvas;
  context.clearRect(0, 0, width, height);
  const cells = { columns: grid.steps, rows: grid.rows.length };
  const hatch = hatchPattern(context, paint.hatch, ratio);
  grid.cells.forEach((column, step) => {
    column.forEach((cell, row) => {
      const fill = fillOf(cell, scale, paint);
      if (fill === undefined) return;
      const box = boxOf({ step, row }, cells, width, height);
      context.fillStyle = fill;
      context.fillRect(box.left, box.top, box.width, box.height);
      if (cell.kind !== 'reused' || !hatch) return;
      context.fillStyle = hatch;
      context.fillRect(box.left, box.top, box.width, box.height);
    });
  });
}

/** A cell's colour; none where nothing is known yet. */
function fillOf({ kind, score }: Cell, scale: Scale, { isDark, plain, reused }: Paint): string | undefined {
  if (kind === 'pending') return undefined;
  if (score !== undefined) return cssColor(rampAt(shareOf(score, scale), isDark));
  return kind === 'computed' ? plain : reused;
}

/** Diagonal lines, going on from cell to cell. */
function hatchPattern(context: CanvasRenderingContext2D, color: string, ratio: number): CanvasPattern | null {
  const size = Math.max(3, Math.round(HATCH_PERIOD * ratio));
  const tile = new OffscreenCanvas(size, size);
  const lines = tile.getContext('2d');
  if (!lines) return null;
  lines.strokeStyle = color;
  lines.lineWidth = Math.max(1, ratio);
  // Of three lines the outer two fill in the corners where a neighbouring tile's would be cut.
  for (const shift of [-size, 0, size]) {
    lines.moveTo(shift - 1, size + 1);
    lines.lineTo(shift + size + 1, -1);
  }
  lines.stroke();
  return context.createPattern(tile, 'repeat');
}
