import { describe, expect, test } from 'vitest';
import type { Dtype } from '../../src/gpu/tensor.ts';
import { weightedSum } from '../../src/ops/weighted-sum.ts';
import { expectClose, KernelRun, Random, rounded, testGpu } from '../support/kernel-run.ts';

interface Case {
  readonly size: number;
  readonly inputs: number;
  readonly isWeighted?: boolean;
  readonly hasBase?: boolean;
  readonly adds?: boolean;
  /** Elements of the output before and after what is written. */
  readonly around?: number;
  readonly dtype?: Dtype;
  readonly out?: Dtype;
}

async function check({ size, inputs, around = 0, dtype = 'f32', out = 'f32', ...rest }: Case, seed: number) {
  const { isWeighted = false, hasBase = false, adds = false } = rest;
  const random = new Random(seed);
  // As on a device without `shader-f16`, where f16 is packed.
  const run = new KernelRun(await testGpu(), { f16: false });
  const values = Array.from({ length: inputs }, () => rounded(random.values(size), dtype));
  const weights = random.values(inputs, 2);
  const base = random.values(size);
  const before = rounded(random.values(size + 2 * around), out);
  const target = run.input([size + 2 * around], before, out);
  const args = {
    inputs: values.map((each) => run.input([size], each, dtype)),
    ...(isWeighted && { weights: run.input([inputs], weights) }),
    ...(hasBase && { base: run.input([size], base) }),
    out: target,
    first: around,
    adds,
  };
  const [got = new Float32Array()] = await run.run(() => weightedSum(run.context, args), target);
  const want = Float64Array.from(before);
  for (let i = 0; i < size; i++) {
    let sum = adds ? (before[around + i] as number) : 0;
    if (hasBase) sum += base[i] as number;
    for (const [j, each] of values.entries()) sum += (isWeighted ? (weights[j] as number) : 1) * (each[i] as number);
    want[around + i] = sum;
  }
  expectClose(got, want, out === 'f16' ? 1e-3 : 2e-6);
}

describe('weighted sum', () => {
  test.each<[string, Case]>([
    ['one, as it is', { size: 1, inputs: 1 }],
    ['odd sizes', { size: 67, inputs: 3, isWeighted: true }],
    ['whole vec4s', { size: 192, inputs: 4, isWeighted: true, adds: true }],
    ['as many as are bound at once', { size: 36, inputs: 6, isWeighted: true }],
    ['a base', { size: 35, inputs: 2, isWeighted: true, hasBase: true }],
    ['a part of the output', { size: 20, inputs: 1, hasBase: true, around: 8 }],
    ['a part that begins off a vec4', { size: 20, inputs: 2, around: 3 }],
    ['many workgroups', { size: 64 * 65535 + 3, inputs: 1, adds: true }],
    ['packed f16 in', { size: 64, inputs: 3, isWeighted: true, dtype: 'f16' }],
    ['packed f16 out', { size: 64, inputs: 1, out: 'f16' }],
  ])('%s', async (_, shape) => check(shape, shape.size));

  test('what does not fit is refused with its numbers', async () => {
    const run = new KernelRun(await testGpu(), { f16: false });
    const [a, b, out] = [run.output([8]), run.output([9]), run.output([8])];
    expect(() => weightedSum(run.context, { inputs: [a, b], out })).toThrow('no sum of [8] + [9] into [8]');
    expect(() => weightedSum(run.context, { inputs: [a], out, first: 4 })).toThrow('into [8] from 4 on');
    expect(() => weightedSum(run.context, { inputs: new Array(8).fill(a), out })).toThrow('no sum of');
    const half = run.output([9], 'f16');
    expect(() => weightedSum(run.context, { inputs: [half], out: b })).toThrow('9 f16 are not whole vec4s');
  });
});
