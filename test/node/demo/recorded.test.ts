import { expect, test } from 'vitest';
import { columnsOf, placeOf, toJson, toRecorded } from '../../../demo/recorded/format.ts';
import type { Run } from '../../../demo/state/runs.ts';
import fc from '../../support/property.ts';
import { newRun } from './runs-support.ts';

test('frames lie beside and below each other, and never over', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), (count) => {
      const sheet = { count, width: 3, height: 2, fps: 8 };
      const places = Array.from({ length: count }, (_, i) => placeOf(i, sheet));
      expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(count);
      expect(Math.max(...places.map(({ x }) => x))).toBeLessThan(columnsOf(sheet) * 3);
      // About as high as wide.
      expect(Math.max(...places.map(({ y }) => y / 2))).toBeLessThanOrEqual(columnsOf(sheet));
    }),
  );
});

const measured = { baseline: 4, speedup: 2, psnr: 36, ssim: 0.98, framePsnr: [], frameSsim: [] };
const run: Run = { ...newRun(), id: 3, key: 'three', isOwnModel: false, home: undefined, measured };
const frames = { count: 17, width: 128, height: 128, fps: 8 };

test('a run keeps its baseline by a name that outlives the page', () => {
  const kept = toRecorded(run, (id) => `key ${id}`, frames);
  expect(kept).toMatchObject({ key: 'three', role: 'run', measured: { baseline: 'key 4', psnr: 36 }, frames });
  expect(Object.keys(kept)).not.toContain('pictures');
  // Without its baseline nothing is left to show beside it.
  expect(toRecorded(run, () => undefined, frames)).not.toHaveProperty('measured');
});

test('numbers are written short, and whole ones whole', () => {
  expect(toJson({ a: 0.123456789, b: 123456, c: [1.00004] })).toBe('{"a":0.1235,"b":123456,"c":[1]}');
});
