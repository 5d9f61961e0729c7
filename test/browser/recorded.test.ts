import { expect, test } from 'vitest';
import { fromSheet, toSheet } from '../../demo/recorded/sheet.ts';
import { RunStore, type StoredRun } from '../../demo/recorded/store.ts';

/** A frame of one grey. */
async function frame(grey: number, width = 32, height = 16): Promise<ImageBitmap> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
  context.fillRect(0, 0, width, height);
  return canvas.transferToImageBitmap();
}

/** The red of a frame's middle. */
function greyOf(picture: ImageBitmap): number | undefined {
  const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
  context?.drawImage(picture, 0, 0);
  return context?.getImageData(picture.width >> 1, picture.height >> 1, 1, 1).data[0];
}

test('a clip comes back from its sheet: every frame at its place', async () => {
  const greys = [10, 60, 110, 160, 210];
  const frames = await Promise.all(greys.map((grey) => frame(grey)));
  const sheet = await toSheet({ frames, width: 32, height: 16, fps: 8 }, 0.9);
  expect(sheet.picture.type).toBe('image/webp');
  const back = await fromSheet(sheet);
  expect(back).toMatchObject({ width: 32, height: 16, fps: 8 });
  for (const [i, grey] of greys.entries()) {
    const picture = back.frames[i];
    expect(Math.abs((picture ? (greyOf(picture) ?? -99) : -99) - grey)).toBeLessThan(6);
  }
});

test('of a large clip a small copy is kept, in its shape', async () => {
  const { layout } = await toSheet({ frames: [await frame(9, 832, 480)], width: 832, height: 480, fps: 16 }, 0.5);
  expect(layout).toEqual({ count: 1, width: 256, height: 148, fps: 16 });
});

test('the store gives back what it was given, oldest first, until it is removed', async () => {
  const store = await RunStore.open();
  const picture = new Blob(['picture']);
  const stored = (key: string, at: number) => ({ run: { key }, picture, at }) as unknown as StoredRun;
  await store.put(stored('late', 2));
  await store.put(stored('early', 1));
  expect((await store.all()).map(({ run }) => run.key)).toEqual(['early', 'late']);
  expect(await (await store.all())[0]?.picture.text()).toBe('picture');
  for (const key of ['early', 'late']) await store.remove(key);
  expect(await store.all()).toEqual([]);
});
