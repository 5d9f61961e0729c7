import { expect } from 'vitest';
import type { Dtype } from '../../../src/gpu/tensor.ts';
import {
  type BlockDiffVariant,
  blockDiff,
  blockDiffShares,
  blockScores,
  cachedShape,
} from '../../../src/ops/block-diff.ts';
import { expectClose, KernelRun, Random, rounded, testGpu } from '../kernel-run.ts';

export const VARIANTS: BlockDiffVariant[] = ['direct', 'tiled'];

export interface Case {
  readonly rows: number;
  readonly width: number;
  readonly every?: number;
  readonly denominator?: 'older' | 'newer';
  readonly feature?: Dtype;
  readonly cached?: Dtype;
  /** As on a device without `shader-f16`. */
  readonly isPacked?: boolean;
}

/** sum |a - b| / sum |b|, or over sum |a|, in float64. */
function relativeL1(a: ArrayLike<number>, b: ArrayLike<number>, denominator: 'older' | 'newer'): number {
  let [change, size] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    change += Math.abs((a[i] as number) - (b[i] as number));
    size += Math.abs((denominator === 'older' ? b : a)[i] as number);
  }
  return change / size;
}

/** Blocks of random features, compared on the GPU with the recorded op and here in float64. */
export async function measureBlocks(variant: BlockDiffVariant, shape: Case, seed: number, blocks = 3, threshold = 0.5) {
  const { rows, width, every = 1, feature = 'f32', cached = 'f32', denominator = 'older' } = shape;
  const random = new Random(seed);
  const run = new KernelRun(await testGpu(), shape.isPacked ? { f16: false } : {});
  const [kept] = cachedShape([rows, width], every);
  const shares = blockDiffShares(variant, kept * width);
  const partials = run.output([blocks, shares, 2]);
  const scores = run.output([blocks + 2]);
  const pairs = Array.from({ length: blocks }, (_, block) => {
    const a = random.values(rows * width, block + 1);
    const b = random.values(kept * width, block + 1);
    return {
      a: rounded(a, feature),
      b: rounded(b, cached),
      feature: run.input([rows, width], a, feature),
      cached: run.input([kept, width], b, cached),
    };
  });
  const record = () => {
    for (const [block, pair] of pairs.entries()) {
      const compared = { feature: pair.feature, cached: pair.cached, every, partials, block, denominator };
      blockDiff(run.context, { ...compared, variant });
    }
    blockScores(run.context, { partials, scores, threshold });
  };
  const [got = [], ...caches] = await run.run(record, scores, ...pairs.map((pair) => pair.cached));
  const sampled = pairs.map(({ a }) => a.filter((_, i) => Math.floor(i / width) % every === 0));
  const want = pairs.map(({ b }, block) => relativeL1(sampled[block] as Float32Array, b, denominator));
  return { got, want, caches, sampled };
}

export async function checkBlockDiff(variant: BlockDiffVariant, shape: Case, seed: number, blocks?: number) {
  const what = `${variant} ${JSON.stringify(shape)}`;
  const { got, want, caches, sampled } = await measureBlocks(variant, shape, seed, blocks);
  const mean = want.reduce((sum, score) => sum + score, 0) / want.length;
  expectClose(got, [...want, mean, mean < 0.5 ? 1 : 0], 2e-6, what);
  for (const [block, cache] of caches.entries()) {
    const values = rounded(sampled[block] as Float32Array<ArrayBuffer>, shape.cached ?? 'f32');
    expect(cache.length).toBe(values.length);
    expect(
      values.findIndex((value, i) => value !== cache[i]),
      `${what}: cache ${block}`,
    ).toBe(-1);
  }
}
