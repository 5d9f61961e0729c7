import { describe, expect, test } from 'vitest';
import { addRows } from '../../src/ops/add-rows.ts';
import { channelsLast } from '../../src/ops/channels-last.ts';
import { silu } from '../../src/ops/silu.ts';
import { expectClose, KernelRun, Random, testGpu } from '../support/kernel-run.ts';
import { checkAddRows } from '../support/kernels/add-rows.ts';

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

describe.each(['f32', 'f16'] as const)('a table in %s, packed where there is no shader-f16', (dtype) => {
  test.each([
    [1, 1, 4],
    [3, 10, 12],
    [67, 11, 144],
  ])('%i of its rows are added: [%i, %i]', (count, entries, width) => checkAddRows(dtype, count, entries, width));
});

test('rows that do not fit are refused', async () => {
  const run = new KernelRun(await testGpu());
  const args = {
    table: run.input([2, 8], new Float32Array(16)),
    rows: run.input([3], [0, 1, 0], 'u32'),
    out: run.input([2, 8], new Float32Array(16)),
  };
  expect(() => addRows(run.context, args)).toThrow(/rows \[3\] of \[2,8\] onto \[2,8\]/);
});
