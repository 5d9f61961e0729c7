import { describe, expect, test } from 'vitest';
import { groupNorm, groupNormVariant } from '../../src/ops/group-norm.ts';
import { KernelRun, testGpu } from '../support/kernel-run.ts';
import { type Case, checkGroupNorm, VARIANTS } from '../support/kernels/group-norm.ts';

describe.each(VARIANTS)('group norm %s', (variant) => {
  test.each<Case>([
    { size: [1, 1], channels: 4, groups: 1 },
    { size: [1, 1], channels: 8, groups: 2, silu: true },
    { size: [3, 5], channels: 12, groups: 4 },
    { size: [7, 13], channels: 96, groups: 32, silu: true },
    { size: [17, 19], channels: 20, groups: 20 },
    { frames: 3, size: [8, 9], channels: 64, groups: 8, silu: true },
    // Chunks past the most of a frame, the last one short; more vec4s of channels than a workgroup takes at once.
    { size: [67, 71], channels: 8, groups: 2 },
    { frames: 2, size: [33, 16], channels: 132, groups: 3, silu: true },
    { size: [260, 263], channels: 4, groups: 2 },
  ])('%j', (shape) => checkGroupNorm(variant, shape, shape.channels));

  test('a mean that is large beside the deviations', async () => {
    await checkGroupNorm(variant, { size: [40, 41], channels: 32, groups: 8, mean: 1000 }, 1);
  });

  test('zeros stay finite', async () => {
    const run = new KernelRun(await testGpu());
    const x = run.input([1, 2, 3, 4], new Float32Array(24));
    const [weight, bias] = [run.input([4], [1, 1, 1, 1]), run.input([4], [0, 1, 2, 3])];
    const out = run.output([1, 2, 3, 4]);
    const [got] = await run.run(() => groupNorm(run.context, { x, out, groups: 2, weight, bias, variant }), out);
    expect(got).toEqual(Float32Array.from({ length: 24 }, (_, i) => i % 4));
  });
});

test('bad shapes are refused with their numbers', async () => {
  const run = new KernelRun(await testGpu());
  const of = (channels: number) => run.input([1, 1, 1, channels], new Float32Array(channels));
  const norm = (channels: number, groups: number) => () =>
    groupNorm(run.context, { x: of(channels), out: of(channels), groups, weight: of(channels), bias: of(channels) });
  expect(norm(8, 3)).toThrow(/\[1,1,1,8\] in 3 groups/);
  expect(norm(6, 3)).toThrow(/\[1,1,1,6\] in 3 groups/);
});

test('the variant follows the device', () => {
  const gpu = { f16: false, subgroups: false, timestamps: false, software: false };
  expect(groupNormVariant({ ...gpu, software: true })).toBe('direct');
  expect(groupNormVariant(gpu)).toBe('tiled');
});
