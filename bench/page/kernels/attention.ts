import { attention } from '../../../src/ops/attention.ts';
import type { CaseBuilder, KernelCase, Recorded } from './case.ts';

interface Size {
  readonly name: string;
  readonly heads: number;
  readonly headDim: number;
  readonly queries: number;
  readonly keys: number;
}

const SIZES: readonly Size[] = [
  { name: 'self', heads: 3, headDim: 64, queries: 80, keys: 80 },
  { name: 'cross', heads: 3, headDim: 64, queries: 80, keys: 32 },
  { name: 'self, 4x tokens', heads: 3, headDim: 64, queries: 320, keys: 320 },
  { name: 'self, Wan 1.3B head', heads: 3, headDim: 128, queries: 320, keys: 320 },
];

/** Attention on the embedded model's shapes and larger ones. */
export function attentionCases(): KernelCase[] {
  return SIZES.map((size) => {
    const { name, heads, headDim, queries, keys } = size;
    return {
      kernel: 'attention',
      shape: `${name}: ${heads} x ${queries} x ${keys} x ${headDim}`,
      work: { flops: 4 * heads * queries * keys * headDim },
      arms: { chosen: (build) => record(build, size) },
    };
  });
}

function record(build: CaseBuilder, { heads, headDim, queries, keys }: Size): Recorded {
  const width = heads * headDim;
  const [q, k, v] = [build.operand([queries, width]), build.operand([keys, width]), build.operand([keys, width])];
  const out = build.output([queries, width]);
  const rows = (tensor: typeof out) => ({ tensor, rowStride: width });
  const views = { q: rows(q.tensor), k: rows(k.tensor), v: rows(v.tensor), out: rows(out) };
  attention(build.ops, { ...views, heads, headDim, queries, keys });
  const reference = (index: number) => {
    const [query, channel] = [Math.floor(index / width), index % width];
    const head = Math.floor(channel / headDim) * headDim;
    let [sum, total] = [0, 0];
    for (let key = 0; key < keys; key++) {
      let score = 0;
      for (let c = head; c < head + headDim; c++) {
        score += (q.values[query * width + c] as number) * (k.values[key * width + c] as number);
      }
      const weight = Math.exp(score / Math.sqrt(headDim));
      sum += weight * (v.values[key * width + channel] as number);
      total += weight;
    }
    return sum / total;
  };
  return { out, reference };
}
