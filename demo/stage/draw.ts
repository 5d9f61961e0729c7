import type { Pictures } from '../engine/protocol.ts';

/** How much a difference may be amplified: powers of 2, as each doubling is one more drawing. */
export const GAINS = [1, 4, 16, 64] as const;

/** A number of `GAINS`. */
export type Gain = (typeof GAINS)[number];

/** A clip's frame, unless it was closed: a run may be dropped between two drawings. */
export function frameOf({ frames }: Pictures, frame: number): ImageBitmap | undefined {
  const picture = frames[Math.min(frame, frames.length - 1)];
  return picture && picture.width > 0 ? picture : undefined;
}

/** Draws a picture. */
export function drawFrame(context: CanvasRenderingContext2D, picture: ImageBitmap): void {
  context.globalCompositeOperation = 'copy';
  context.drawImage(picture, 0, 0);
}

/** Draws one picture up to a share of the width, and another from there on. */
export function drawWipe(
  context: CanvasRenderingContext2D,
  left: ImageBitmap,
  right: ImageBitmap,
  share: number,
): void {
  const { width, height } = context.canvas;
  const x = Math.round(share * width);
  drawFrame(context, left);
  context.globalCompositeOperation = 'source-over';
  if (x < width) context.drawImage(right, x, 0, width - x, height, x, 0, width - x, height);
}

/** Draws `gain |a - b|` of each of red, green and blue, cut off at white. */
export function drawDifference(context: CanvasRenderingContext2D, a: ImageBitmap, b: ImageBitmap, gain: Gain): void {
  drawFrame(context, a);
  context.globalCompositeOperation = 'difference';
  context.drawImage(b, 0, 0);
  context.globalCompositeOperation = 'lighter';
  for (let reached = 1; reached < gain; reached *= 2) context.drawImage(context.canvas, 0, 0);
}
