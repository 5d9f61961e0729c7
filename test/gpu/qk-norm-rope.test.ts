import { describe, expect, test } from 'vitest';
import { qkNormRope, qkVariant } from '../../src/ops/qk-norm-rope.ts';
import { KernelRun, testGpu } from '../support/kernel-run.ts';
import { checkQkNormRope, VARIANTS } from '../support/kernels/qk-norm-rope.ts';

describe.each(VARIANTS)('qk_norm_rope %s', (variant) => {
  test('fused q, k and v of odd sizes', async () => {
    await checkQkNormRope(variant, { tokens: 1, heads: 1, headDim: 4, parts: 3, norm: true, rope: 'shared' }, 1);
    await checkQkNormRope(variant, { tokens: 13, heads: 3, headDim: 20, parts: 3, norm: true, rope: 'shared' }, 2);
    await checkQkNormRope(variant, { tokens: 67, heads: 5, headDim: 64, parts: 3, norm: true, rope: 'shared' }, 3);
  });

  test('angles of their own for each head', async () => {
    await checkQkNormRope(variant, { tokens: 7, heads: 3, headDim: 12, parts: 2, norm: true, rope: 'per head' }, 4);
  });

  test('the norm or the rotation alone', async () => {
    await checkQkNormRope(variant, { tokens: 5, heads: 2, headDim: 72, parts: 1, norm: true, rope: 'none' }, 5);
    await checkQkNormRope(variant, { tokens: 5, heads: 2, headDim: 72, parts: 2, norm: false, rope: 'shared' }, 6);
  });
});

test('bad shapes are refused with their numbers', async () => {
  const run = new KernelRun(await testGpu());
  const x = run.input([2, 24], new Float32Array(48));
  const table = run.input([2, 10, 2], new Float32Array(40));
  expect(() => qkNormRope(run.context, { x, width: 8, offsets: [0, 6] })).toThrow(/6 is no multiple of 4/);
  expect(() => qkNormRope(run.context, { x, width: 8, offsets: [0], table })).toThrow(/rows of 20 .* width of 8/);
  expect(() => qkNormRope(run.context, { x, width: 8, offsets: [0], out: x })).toThrow(/f16/);
});

test('the variant follows the device', () => {
  const gpu = { f16: false, subgroups: false, timestamps: false, software: false };
  expect(qkVariant(gpu)).toBe('tiled');
  expect(qkVariant({ ...gpu, software: true })).toBe('direct');
});
