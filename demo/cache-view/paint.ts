import { boxOf } from './cells.ts';
import type { Grid } from './grid.ts';
import { KINDS, type KindOfCell } from './kinds.ts';
import { drawPattern, type Pattern } from './patterns.ts';
import { cssColor, rampAt } from './ramp.ts';
import { type Scale, shareOf } from './scale.ts';

/** What the heat map is painted with, beside the ramp. */
export interface Paint {
  readonly isDark: boolean;
  /** Computed, not measured. */
  readonly plain: string;
  /** Not computed: what is under the pattern. */
  readonly reused: string;
  /** Lines and dots of the patterns. */
  readonly hatch: string;
}

/**
 * Draws a branch's heat map over the whole canvas.
 *
 * @param ratio Device pixels a CSS pixel.
 */
export function paintGrid(context: CanvasRenderingContext2D, grid: Grid, scale: Scale, paint: Paint, ratio: number) {
  const { width, height } = context.canvas;
  const cells = { columns: grid.steps, rows: grid.rows.length };
  const patterned = new Map<Pattern, Path2D>();
  context.clearRect(0, 0, width, height);
  grid.cells.forEach((column, step) => {
    column.forEach((cell, row) => {
      if (cell.kind === 'pending') return;
      const box = boxOf({ step, row }, cells, width, height);
      context.fillStyle = fillOf(KINDS[cell.kind], cell.score, scale, paint);
      context.fillRect(box.left, box.top, box.width, box.height);
      const { pattern } = KINDS[cell.kind];
      const path = patterned.get(pattern) ?? new Path2D();
      path.rect(box.left, box.top, box.width, box.height);
      patterned.set(pattern, path);
    });
  });
  for (const [pattern, within] of patterned) drawPattern(context, pattern, within, paint.hatch, ratio);
}

/** A cell's colour. */
function fillOf(
  { computes }: KindOfCell,
  score: number | undefined,
  scale: Scale,
  { isDark, plain, reused }: Paint,
): string {
  if (score !== undefined) return cssColor(rampAt(shareOf(score, scale), isDark));
  return computes ? plain : reused;
}
