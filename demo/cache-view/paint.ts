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

/** CSS pixels between the lines of the hatch, along the picture's width. */
const HATCH_PERIOD = 5;

/**
 * Draws a branch's heat map over the whole canvas.
 *
 * @param ratio Device pixels a CSS pixel.
 */
export function paintGrid(context: CanvasRenderingContext2D, grid: Grid, scale: Scale, paint: Paint, ratio: number) {
  const { width, height } = context.canvas;
  const cells = { columns: grid.steps, rows: grid.rows.length };
  const reused = new Path2D();
  context.clearRect(0, 0, width, height);
  grid.cells.forEach((column, step) => {
    column.forEach((cell, row) => {
      const fill = fillOf(cell, scale, paint);
      if (fill === undefined) return;
      const box = boxOf({ step, row }, cells, width, height);
      context.fillStyle = fill;
      context.fillRect(box.left, box.top, box.width, box.height);
      if (cell.kind === 'reused') reused.rect(box.left, box.top, box.width, box.height);
    });
  });
  hatch(context, reused, paint.hatch, ratio);
}

/** A cell's colour; none where nothing is known yet. */
function fillOf({ kind, score }: Cell, scale: Scale, { isDark, plain, reused }: Paint): string | undefined {
  if (kind === 'pending') return undefined;
  if (score !== undefined) return cssColor(rampAt(shareOf(score, scale), isDark));
  return kind === 'computed' ? plain : reused;
}

/** Diagonal lines within a path, going on from cell to cell. */
function hatch(context: CanvasRenderingContext2D, within: Path2D, color: string, ratio: number) {
  const { width, height } = context.canvas;
  context.save();
  context.clip(within);
  context.beginPath();
  for (let foot = -height; foot < width; foot += HATCH_PERIOD * ratio) {
    context.moveTo(foot, height);
    context.lineTo(foot + height, 0);
  }
  context.strokeStyle = color;
  context.lineWidth = ratio;
  context.stroke();
  context.restore();
}
