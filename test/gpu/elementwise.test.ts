import { test } from 'vitest';
import { channelsLast } from '../../src/ops/channels-last.ts';
import { silu } from '../../src/ops/silu.ts';
import { expectClose, KernelRun, Random, testGpu } from '../support/kernel-run.ts';

test.each([1, 5, 257 * 4 + 3])('silu of %i values', async (size) => {
  const run = new KernelRun(await testGpu());
  const values = new Random(size).values(size, 100);
  const [x, out] = [run.input([size], values), run.output([size])];
  const [got = []] = await run.run(() => silu(run.context, { x, out }), out);
  const want = Float64Array.from(values, (value) => value / (1 + Math.exp(-value)));
  expectClose(got, want, 1e-5);
});

test.each([
  [1, 1, 1, 1],
  [16, 3, 4, 5],
  [7, 2, 3, 13],
])('latents [%i, %i, %i, %i] become channel-last', async (C, T, H, W) => {
  const random = new Random(C);
  const run = new KernelRun(await testGpu());
  const [values, std, mean] = [random.values(C * T * H * W), random.values(C), random.values(C)];
  const stride = Math.ceil(C / 4) * 4;
  const args = {
    x: run.input([C, T, H, W], values),
    scale: run.input([C], std),
    shift: run.input([C], mean),
    out: run.output([T, H, W, stride]),
  };
  const [got = []] = await run.run(() => channelsLast(run.context, args), args.out);
  const want = Float64Array.from({ length: T * H * W * stride }, (_, i) => {
    const c = i % stride;
    const value = values[c * T * H * W + Math.floor(i / stride)] as number;
    return c < C ? value * (std[c] as number) + (mean[c] as number) : 0;
  });
  expectClose(got, want, 1e-6);
});
