import { expect, test } from 'vitest';
import type { Pictures } from '../../demo/engine/protocol.ts';
import { drawDifference, drawFrame, drawWipe, frameOf, GAINS } from '../../demo/stage/draw.ts';
import { Random } from '../support/kernel-run.ts';

const SIZE = { width: 4, height: 3 };
const BYTES = 4 * SIZE.width * SIZE.height;

/** Random opaque pixels: the first time near black, so that not all of what is amplified is cut off. */
function makePixels(random: Random): [near: Uint8Array, far: Uint8Array] {
  const near = Uint8Array.from({ length: BYTES }, (_, i) => (i % 4 === 3 ? 255 : random.integer(0, 20)));
  const far = near.map((byte, i) => (i % 4 === 3 ? 255 : (byte + random.integer(0, 12) ** 2) % 256));
  return [near, far];
}

function toBitmap(bytes: Uint8Array): Promise<ImageBitmap> {
  return createImageBitmap(new ImageData(new Uint8ClampedArray(bytes), SIZE.width, SIZE.height));
}

/** What is on a canvas of the page's kind after a drawing over another. */
function drawn(draw: (context: CanvasRenderingContext2D) => void): number[] {
  const canvas = Object.assign(document.createElement('canvas'), SIZE);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('no canvas');
  context.fillStyle = '#f0f';
  context.fillRect(0, 0, SIZE.width, SIZE.height);
  draw(context);
  return [...context.getImageData(0, 0, SIZE.width, SIZE.height).data];
}

test('a frame is drawn as it is', async () => {
  const [bytes] = makePixels(new Random(1));
  const picture = await toBitmap(bytes);
  expect(drawn((context) => drawFrame(context, picture))).toEqual([...bytes]);
});

test.each(GAINS)('a difference is %i times |a - b|, cut off at white', async (gain) => {
  const [a, b] = makePixels(new Random(2));
  const [left, right] = await Promise.all([toBitmap(a), toBitmap(b)]);
  const expected = [...a].map((byte, i) => (i % 4 === 3 ? 255 : Math.min(255, gain * Math.abs(byte - (b[i] ?? 0)))));
  expect(drawn((context) => drawDifference(context, left, right, gain))).toEqual(expected);
  expect(drawn((context) => drawDifference(context, right, left, gain))).toEqual(expected);
});

test.each([0, 1, 2, 4])('a wipe at column %i has one picture left of it, and the other right', async (column) => {
  const [a, b] = makePixels(new Random(3));
  const [left, right] = await Promise.all([toBitmap(a), toBitmap(b)]);
  const isLeft = (i: number) => Math.floor(i / 4) % SIZE.width < column;
  const expected = [...a].map((byte, i) => (isLeft(i) ? byte : b[i]));
  expect(drawn((context) => drawWipe(context, left, right, column / SIZE.width))).toEqual(expected);
});

test('a closed picture is none, and a clip that is shorter stays at its last', async () => {
  const frames = await Promise.all([toBitmap(new Uint8Array(BYTES)), toBitmap(new Uint8Array(BYTES))]);
  const clip: Pictures = { frames, ...SIZE, fps: 8 };
  expect(frameOf(clip, 7)).toBe(frames[1]);
  frames[1]?.close();
  expect(frameOf(clip, 1)).toBeUndefined();
  expect(frameOf(clip, 0)).toBe(frames[0]);
});
