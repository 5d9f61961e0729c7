import { describe, expect, test } from 'vitest';
import { attention, attentionVariant } from '../../src/ops/attention.ts';
import { KernelRun, Random, testGpu } from '../support/kernel-run.ts';
import { checkAttention, VARIANTS } from '../support/kernels/attention.ts';

const SIZES = [1, 2, 3, 7, 13, 16, 17, 31, 32, 33, 67, 80];

describe.each(VARIANTS)('attention %j', (variant) => {
  test.each([4, 72])('head dimension %i, odd lengths', async (headDim) => {
    const random = new Random(headDim);
    const pick = () => SIZES[random.integer(0, SIZES.length - 1)] as number;
    for (let round = 0; round < 6; round++) {
      await checkAttention(variant, { heads: random.integer(1, 3), headDim, queries: pick(), keys: pick() }, round);
    }
  });

  test('a fused buffer', async () => {
    await checkAttention(variant, { heads: 3, headDim: 64, queries: 67, keys: 67, fused: true }, 1);
  });

  test('biases, block-causal mask, log-sum-exp and batches', async () => {
    const shape = { heads: 2, headDim: 20, batch: 2, relativeBias: true, logSumExp: true } as const;
    await checkAttention(variant, { ...shape, queries: 35, keys: 35, causalBlock: 7, keyBias: 'shared' }, 2);
    await checkAttention(variant, { ...shape, queries: 70, keys: 70, causalBlock: 20, keyBias: 'per batch' }, 3);
    await checkAttention(variant, { ...shape, queries: 5, keys: 67, causalBlock: 100, keyBias: 'shared' }, 4);
  });
});

test.each(VARIANTS)('%j: of masked heads nothing is written', async (variant) => {
  const shape = { heads: 3, headDim: 20, queries: 35, keys: 37 };
  await checkAttention(variant, { ...shape, headMask: [false, true, false] }, 9);
  await checkAttention(variant, { ...shape, headMask: [true, true, true], causalBlock: 7 }, 10);
});

test('each option by itself', async () => {
  const variant = { name: 'direct', tile: 2 } as const;
  const shape = { heads: 2, headDim: 8, queries: 17, keys: 19 };
  await checkAttention(variant, { ...shape, keyBias: 'shared' }, 5);
  await checkAttention(variant, { ...shape, relativeBias: true }, 6);
  await checkAttention(variant, { ...shape, causalBlock: 4 }, 7);
  await checkAttention(variant, { ...shape, logSumExp: true }, 8);
});

test.each([
  [128, true],
  [128, false],
  [384, true],
  [384, false],
  [512, true],
])('heads of %i channels, software adapter: %s', async (headDim, software) => {
  const { capabilities } = await testGpu();
  const shape = { heads: 1, headDim, queries: 35, keys: 37, batch: 2 };
  await checkAttention(attentionVariant({ ...capabilities, software }, shape), shape, headDim);
});

test('what does not fit is refused with its numbers', async () => {
  const run = new KernelRun(await testGpu());
  const tensor = run.output([2, 24]);
  const half = run.output([2, 24], 'f16');
  const rows = { tensor, rowStride: 24 };
  const args = { heads: 1, headDim: 8, queries: 2, keys: 2, q: rows, k: rows, v: rows, out: rows };
  const f32Only = { ...run.context, capabilities: { ...run.context.capabilities, f16: false } };
  expect(() => attention(run.context, { ...args, headDim: 6 })).toThrow(/head of 6/);
  expect(() => attention(run.context, { ...args, k: { ...rows, offset: 2 } })).toThrow(/stride of 2/);
  expect(() => attention(f32Only, { ...args, q: { ...rows, tensor: half } })).toThrow(/f16/);
});

test('the variant follows the device and the shape', () => {
  const software = { f16: false, subgroups: false, timestamps: false, software: true };
  const shape = { heads: 1, headDim: 64, queries: 80, keys: 80 };
  expect(attentionVariant(software, shape)).toEqual({ name: 'direct', tile: 8 });
  expect(attentionVariant(software, { ...shape, headDim: 128 })).toEqual({ name: 'direct', tile: 4 });
  expect(attentionVariant({ ...software, f16: true }, shape)).toEqual({ name: 'direct', tile: 2 });
  expect(attentionVariant({ ...software, software: false }, shape)).toEqual({ name: 'tiled' });
  expect(attentionVariant(software, { ...shape, headDim: 512 })).toEqual({ name: 'direct', tile: 2 });
});
