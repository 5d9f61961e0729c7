import { expect } from 'vitest';
import type { Dtype, Tensor } from '../../../src/gpu/tensor.ts';
import {
  type BlockDiffVariant,
  blockDiff,
  blockScores,
  cachedShape,
  partialsShape,
} from '../../../src/ops/block-diff.ts';
import { isOfOneStep, type Metric } from '../../../src/ops/metrics/index.ts';
import { expectClose, KernelRun, Random, rounded, testGpu } from '../kernel-run.ts';
import { scoreOf } from './metrics.ts';

export const VARIANTS: BlockDiffVariant[] = ['direct', 'tiled'];

/** The metric of most policies. */
export const RELATIVE_L1: Metric = { kind: 'relativeL1', denominator: 'older' };

export interface Case {
  readonly rows: number;
  readonly width: number;
  readonly every?: number;
  readonly frames?: number;
  readonly metric?: Metric;
  readonly feature?: Dtype;
  readonly cached?: Dtype;
  /** As on a device without `shader-f16`. */
  readonly isPacked?: boolean;
}

/** Blocks of random features, compared on the GPU with the recorded op and here in float64. */
export async function measureBlocks(variant: BlockDiffVariant, shape: Case, seed: number, blocks = 3, threshold = 0.5) {
  const { rows, width, every = 1, frames = 1, feature = 'f32', cached = 'f32', metric = RELATIVE_L1 } = shape;
  const random = new Random(seed);
  const run = new KernelRun(await testGpu(), shape.isPacked ? { f16: false } : {});
  const [kept] = cachedShape([rows, width], every);
  const partials = run.output(partialsShape(variant, metric, blocks, kept * width));
  const scores = run.output([blocks + 2]);
  const pairs = Array.from({ length: blocks }, (_, block) => {
    const a = random.values(rows * width, block + 1);
    const b = random.values(kept * width, block + 1);
    return {
      a: rounded(a, feature),
      b: rounded(b, cached),
      feature: run.input([rows, width], a, feature),
      cached: isOfOneStep(metric) ? undefined : run.input([kept, width], b, cached),
    };
  });
  const record = () => {
    for (const [block, pair] of pairs.entries()) {
      const kept = pair.cached && { cached: pair.cached };
      blockDiff(run.context, { metric, feature: pair.feature, ...kept, every, frames, partials, block, variant });
    }
    blockScores(run.context, { metric, partials, scores, threshold });
  };
  const kepts = pairs.flatMap(({ cached }): Tensor[] => (cached ? [cached] : []));
  const [got = [], ...caches] = await run.run(record, scores, ...kepts);
  const sampled = pairs.map(({ a }) => a.filter((_, i) => Math.floor(i / width) % every === 0));
  const want = pairs.map(({ b }, block) => scoreOf(metric, sampled[block] as Float32Array, b, width, frames));
  return { got, want, caches, sampled };
}

export async function checkBlockDiff(
  variant: BlockDiffVariant,
  shape: Case,
  seed: number,
  blocks?: number,
  tolerance = 2e-6,
) {
  const what = `${variant} ${JSON.stringify(shape)}`;
  const { got, want, caches, sampled } = await measureBlocks(variant, shape, seed, blocks);
  const mean = want.reduce((sum, score) => sum + score, 0) / want.length;
  expectClose(got, [...want, mean, mean < 0.5 ? 1 : 0], tolerance, what);
  for (const [block, cache] of caches.entries()) {
    const values = rounded(sampled[block] as Float32Array<ArrayBuffer>, shape.cached ?? 'f32');
    expect(cache.length).toBe(values.length);
    expect(
      values.findIndex((value, i) => value !== cache[i]),
      `${what}: cache ${block}`,
    ).toBe(-1);
  }
}
