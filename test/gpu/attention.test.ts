import { describe, expect, test } from 'vitest';
import { type AttentionShape, type AttentionVariant, attention, attentionVariant } from '../../src/ops/attention.ts';
import { describeWithF16 } from '../support/gpu.ts';
import { expectClose, KernelRun, Random, rounded, testGpu } from '../support/kernel-run.ts';

const VARIANTS: AttentionVariant[] = [{ name: 'direct', tile: 2 }, { name: 'direct', tile: 8 }, { name: 'tiled' }];

interface Case extends AttentionShape {
  readonly keyBias?: 'shared' | 'per batch';
  readonly relativeBias?: boolean;
  readonly causalBlock?: number;
  /** Whether q, k and v lie in one buffer, as after a fused projection: queries and keys are the same tokens then. */
  readonly fused?: boolean;
  readonly operands?: 'f32' | 'f16';
  readonly out?: 'f32' | 'f16';
  readonly logSumExp?: boolean;
}

/** Attention of random rows, on the GPU and in float64. */
async function check(variant: AttentionVariant, shape: Case, seed: number) {
  const { heads, headDim, queries, keys, batch = 1, causalBlock, fused = false, operands = 'f32' } = shape;
  const random = new Random(seed);
  const run = new KernelRun(await testGpu());
  const D = heads * headDim;
  const values = (rows: number, columns: number) => rounded(random.values(batch * rows * columns, 2), operands);

  // Every row has four channels of something else before its heads, and v shares a buffer with k.
  const stride = fused ? 3 * D : D + 4;
  const q = values(queries, stride);
  const kv = fused ? q : values(keys, 2 * D);
  const qTensor = run.input([batch * queries, stride], q, operands);
  const kvTensor = fused ? qTensor : run.input([batch * keys, 2 * D], kv, operands);
  const kvStride = fused ? stride : 2 * D;
  const [qOffset, kOffset, vOffset] = fused ? [0, D, 2 * D] : [4, 0, D];
  const bias = shape.keyBias && random.values(shape.keyBias === 'shared' ? keys : batch * keys, 3);
  if (bias && keys > 1) bias[keys - 1] = Number.NEGATIVE_INFINITY;
  const span = queries + keys - 1;
  const relative = shape.relativeBias && random.values(heads * span, 3);
  const out = run.output([batch * queries, D], shape.out);
  const logSumExp = shape.logSumExp ? run.output([batch, heads, queries]) : undefined;
  const scale = relative ? 1 : undefined;
  const rows = (tensor: typeof out, rowStride: number, offset: number, count: number) => {
    return { tensor, rowStride, offset, batchStride: count * rowStride };
  };
  const args = {
    ...{ heads, headDim, queries, keys, batch, scale, causalBlock, logSumExp, variant },
    q: rows(qTensor, stride, qOffset, queries),
    k: rows(kvTensor, kvStride, kOffset, keys),
    v: rows(kvTensor, kvStride, vOffset, keys),
    out: rows(out, D, 0, queries),
    ...(bias && { keyBias: run.input([bias.length / keys, keys], bias) }),
    ...(relative && { relativeBias: run.input([heads, span], relative) }),
  };
  const results = logSumExp ? [out, logSumExp] : [out];
  const [got = [], gotSums = []] = await run.run(() => attention(run.context, args), ...results);

  const want = new Float64Array(batch * queries * D);
  const wantSums = new Float64Array(batch * heads * queries);
  for (let b = 0; b < batch; b++) {
    for (let head = 0; head < heads; head++) {
      for (let query = 0; query < queries; query++) {
        const seen = causalBlock ? Math.min(keys, (Math.floor(query / causalBlock) + 1) * causalBlock) : keys;
        const at = (offset: number, row: number, count: number, rowStride: number) =>
          (b * count + row) * rowStride + offset + head * headDim;
        const qRow = at(qOffset, query, queries, stride);
        const scores = Array.from({ length: seen }, (_, key) => {
          const kRow = at(kOffset, key, keys, kvStride);
          let s = 0;
          for (let d = 0; d < headDim; d++) s += (q[qRow + d] as number) * (kv[kRow + d] as number);
          s *= scale ?? 1 / Math.sqrt(headDim);
          if (bias) s += bias[(shape.keyBias === 'shared' ? 0 : b * keys) + key] as number;
          if (relative) s += relative[head * span + key - query + queries - 1] as number;
          return s;
        });
        const most = Math.max(...scores);
        const weights = scores.map((s) => Math.exp(s - most));
        const sum = weights.reduce((total, weight) => total + weight, 0);
        wantSums[(b * heads + head) * queries + query] = most + Math.log(sum);
        for (const [key, weight] of weights.entries()) {
          const vRow = at(vOffset, key, keys, kvStride);
          const to = (b * queries + query) * D + head * headDim;
          for (let d = 0; d < headDim; d++) {
            want[to + d] = (want[to + d] as number) + (weight / sum) * (kv[vRow + d] as number);
          }
        }
      }
    }
  }
  const what = `${JSON.stringify(variant)} ${JSON.stringify(shape)}`;
  expectClose(got, want, shape.out === 'f16' ? 1e-3 : 1e-5, what);
  if (logSumExp) expectClose(gotSums, wantSums, 1e-5, `${what}: log-sum-exp`);
}

const SIZES = [1, 2, 3, 7, 13, 16, 17, 31, 32, 33, 67, 80];

describe.each(VARIANTS)('attention %j', (variant) => {
  test.each([4, 72])('head dimension %i, odd lengths', async (headDim) => {
    const random = new Random(headDim);
    const pick = () => SIZES[random.integer(0, SIZES.length - 1)] as number;
    for (let round = 0; round < 6; round++) {
      await check(variant, { heads: random.integer(1, 3), headDim, queries: pick(), keys: pick() }, round);
    }
  });

  test('a fused buffer', async () => {
    await check(variant, { heads: 3, headDim: 64, queries: 67, keys: 67, fused: true }, 1);
  });

  test('biases, block-causal mask, log-sum-exp and batches', async () => {
    const shape = { heads: 2, headDim: 20, batch: 2, relativeBias: true, logSumExp: true } as const;
    await check(variant, { ...shape, queries: 35, keys: 35, causalBlock: 7, keyBias: 'shared' }, 2);
    await check(variant, { ...shape, queries: 70, keys: 70, causalBlock: 20, keyBias: 'per batch' }, 3);
    await check(variant, { ...shape, queries: 5, keys: 67, causalBlock: 100, keyBias: 'shared' }, 4);
  });
});

test('each option by itself', async () => {
  const variant = { name: 'direct', tile: 2 } as const;
  const shape = { heads: 2, headDim: 8, queries: 17, keys: 19 };
  await check(variant, { ...shape, keyBias: 'shared' }, 5);
  await check(variant, { ...shape, relativeBias: true }, 6);
  await check(variant, { ...shape, causalBlock: 4 }, 7);
  await check(variant, { ...shape, logSumExp: true }, 8);
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
  await check(attentionVariant({ ...capabilities, software }, shape), shape, headDim);
});

describeWithF16('attention with f16 operands', () => {
  test.each(VARIANTS)('%j f16', async (variant) => {
    const shape = { heads: 2, headDim: 20, queries: 35, keys: 35, fused: true, operands: 'f16' } as const;
    await check(variant, { ...shape, out: 'f16' }, 8);
  });
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
  expect(attentionVariant({ ...software, software: false }, shape)).toEqual({ name: 'tiled' });
  expect(attentionVariant(software, { ...shape, headDim: 512 })).toEqual({ name: 'direct', tile: 2 });
});
