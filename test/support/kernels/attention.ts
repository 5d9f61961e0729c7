import { expect } from 'vitest';
import { type AttentionShape, type AttentionVariant, attention } from '../../../src/ops/attention.ts';
import { expectClose, KernelRun, Random, rounded, testGpu } from '../kernel-run.ts';

export const VARIANTS: AttentionVariant[] = [
  { name: 'direct', tile: 2 },
  { name: 'direct', tile: 8 },
  { name: 'tiled' },
];

export interface Case extends AttentionShape {
  readonly keyBias?: 'shared' | 'per batch';
  readonly relativeBias?: boolean;
  readonly causalBlock?: number;
  /** Whether q, k and v lie in one buffer, as after a fused projection: queries and keys are the same tokens then. */
  readonly fused?: boolean;
  readonly operands?: 'f32' | 'f16';
  readonly out?: 'f32' | 'f16';
  readonly logSumExp?: boolean;
  /** By head, whether it is computed. */
  readonly headMask?: readonly boolean[];
}

/** Attention of random rows, on the GPU and in float64. */
export async function checkAttention(variant: AttentionVariant, shape: Case, seed: number) {
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
    ...(shape.headMask && { headMask: run.input([heads], shape.headMask.map(Number), 'u32') }),
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
  for (const i of want.keys()) {
    if (shape.headMask?.[Math.floor((i % D) / headDim)] ?? true) continue;
    // Left as it was: not a number.
    expect(got[i], `${what}: a head that is masked`).toBeNaN();
    [got[i], want[i]] = [0, 0];
  }
  expectClose(got, want, shape.out === 'f16' ? 1e-3 : 1e-5, what);
  if (logSumExp) expectClose(gotSums, wantSums, 1e-5, `${what}: log-sum-exp`);
}
