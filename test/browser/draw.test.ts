import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Pictures } from '../../demo/engine/protocol.ts';
import { drawDifference, drawFrame, drawWipe, frameOf, GAINS } from '../../demo/stage/draw.ts';

const SIZE = { width: 4, height: 3 };
const BYTES = 4 * SIZE.width * SIZE.height;

/** A picture's opaque pixels. */
const pixels = fc
  .uint8Array({ minLength: BYTES, maxLength: BYTES })
  .map((bytes) => bytes.map((byte, i) => (i % 4 === 3 ? 255 : byte)));

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
  await fc.assert(
    fc.asyncProperty(pixels, async (bytes) => {
      const picture = await toBitmap(bytes);
      expect(drawn((context) => drawFrame(context, picture))).toEqual([...bytes]);
    }),
    { numRuns: 20 },
  );
});

test('a difference is the gain times |a - b|, cut off at white', async () => {
  await fc.assert(
    fc.asyncProperty(pixels, pixels, fc.constantFrom(...GAINS), async (a, b, gain) => {
      const [left, right] = await Promise.all([toBitmap(a), toBitmap(b)]);
      const expected = [...a].map((byte, i) =>
        i % 4 === 3 ? 255 : Math.min(255, gain * Math.abs(byte - (b[i] ?? 0))),
      );
      expect(drawn((context) => drawDifference(context, left, right, gain))).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

test('a wipe has one picture up to the divider, and the other from there on', async () => {
  await fc.assert(
    fc.asyncProperty(pixels, pixels, fc.integer({ min: 0, max: SIZE.width }), async (a, b, column) => {
      const [left, right] = await Promise.all([toBitmap(a), toBitmap(b)]);
      const isLeft = (i: number) => Math.floor(i / 4) % SIZE.width < column;
      const expected = [...a].map((byte, i) => (isLeft(i) ? byte : b[i]));
      expect(drawn((context) => drawWipe(context, left, right, column / SIZE.width))).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

test('a closed picture is none, and a clip that is shorter stays at its last', async () => {
  const frames = await Promise.all([toBitmap(new Uint8Array(BYTES)), toBitmap(new Uint8Array(BYTES))]);
  const clip: Pictures = { frames, ...SIZE, fps: 8 };
  expect(frameOf(clip, 7)).toBe(frames[1]);
  frames[1]?.close();
  expect(frameOf(clip, 1)).toBeUndefined();
  expect(frameOf(clip, 0)).toBe(frames[0]);
});
