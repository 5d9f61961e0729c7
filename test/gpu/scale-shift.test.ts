import { describe, expect, test } from 'vitest';
import { scaleShift } from '../../src/ops/scale-shift.ts';
import { expectClose, KernelRun, Random, testGpu } from '../support/kernel-run.ts';

describe('scale_shift', () => {
  test.each([false, true])('odd shapes against float64; adds: %o', async (adds) => {
    for (const [seed, [rows, width]] of [
      [1, 1],
      [13, 7],
      [61, 20],
      [5, 257],
      [67, 64],
    ].entries()) {
      const [n, channels] = [Number(rows), Number(width)];
      const random = new Random(seed);
      const run = new KernelRun(await testGpu());
      const [kept, before] = [random.values(n * channels, 3), random.values(n * channels)];
      const [scale, shift] = [random.values(channels, 2), random.values(channels)];
      const out = adds ? run.input([n, channels], before) : run.output([n, channels]);
      const args = {
        x: run.input([n, channels], kept),
        scaleShift: run.input([2, channels], [...scale, ...shift]),
        out,
        adds,
      };
      const [got = []] = await run.run(() => scaleShift(run.context, args), out);
      const want = Array.from(kept, (value, i) => {
        const scaled = value * (scale[i % channels] as number) + (shift[i % channels] as number);
        return adds ? scaled + (before[i] as number) : scaled;
      });
      expectClose(got, want, 2e-6, `${rows} x ${width}`);
    }
  });

  test('shapes that do not fit are refused', async () => {
    const run = new KernelRun(await testGpu());
    const [x, out, channels] = [run.output([5, 8]), run.output([5, 8]), run.output([2, 4])];
    expect(() => scaleShift(run.context, { x, scaleShift: channels, out })).toThrow(/\[5,8\] by \[2,4\]/);
  });
});
