import { describe, expect, test } from 'vitest';
import { addScaled } from '../../src/ops/add-scaled.ts';
import {
  blockDiff,
  blockDiffShares,
  blockDiffVariant,
  blockScores,
  partialsShape,
  UNKNOWN_SCORE,
} from '../../src/ops/block-diff.ts';
import type { Metric } from '../../src/ops/metrics/index.ts';
import { KernelRun, Random, testGpu } from '../support/kernel-run.ts';
import { checkBlockDiff, measureBlocks, RELATIVE_L1, VARIANTS } from '../support/kernels/block-diff.ts';

/** All but relative L1 and motion. */
const OTHERS: Metric[] = [
  { kind: 'meanL1' },
  { kind: 'rootMeanSquare' },
  { kind: 'cosine', per: 'tensor' },
  { kind: 'cosine', per: 'token' },
  { kind: 'cosine', per: 'token', channels: 1 / 8 },
  { kind: 'normRatio', per: 'tensor' },
  { kind: 'normRatio', per: 'tokenMean' },
  { kind: 'normRatio', per: 'tokenDeviation' },
];

/** Squares are summed, and roots taken of them. */
const TOLERANCE = 2e-5;

const SIZES = [1, 2, 3, 4, 5, 13, 16, 61, 64, 67, 192, 257];

describe.each(VARIANTS)('block_diff %s', (variant) => {
  test('odd shapes, whole and every k-th row', async () => {
    const random = new Random(11);
    const pick = () => SIZES[random.integer(0, SIZES.length - 1)] as number;
    for (let seed = 0; seed < 8; seed++) {
      await checkBlockDiff(variant, { rows: pick(), width: pick() }, seed);
      await checkBlockDiff(variant, { rows: pick(), width: 4 * pick(), every: random.integer(2, 5) }, seed);
    }
  });

  test('relative to the newer of the two', async () => {
    const metric: Metric = { kind: 'relativeL1', denominator: 'newer' };
    await checkBlockDiff(variant, { rows: 13, width: 20, metric }, 3);
    await checkBlockDiff(variant, { rows: 5, width: 7, every: 2, metric }, 4);
  });

  test('more values than all shares take at once', async () => {
    await checkBlockDiff(variant, { rows: 2731, width: 769 }, 1, 1);
  });

  test('a packed cache without shader-f16', async () => {
    await checkBlockDiff(variant, { rows: 67, width: 36, cached: 'f16', isPacked: true }, 3);
    await checkBlockDiff(variant, { rows: 31, width: 64, cached: 'f16', isPacked: true, every: 4 }, 4);
  });

  test('the same input gives the same bits', async () => {
    const first = await measureBlocks(variant, { rows: 257, width: 192 }, 5);
    const second = await measureBlocks(variant, { rows: 257, width: 192 }, 5);
    expect(second.got).toEqual(first.got);
  });

  test.each(OTHERS)('%o on odd shapes', async (metric) => {
    const random = new Random(12);
    const pick = () => SIZES[random.integer(0, SIZES.length - 1)] as number;
    for (let seed = 0; seed < 4; seed++) {
      // Two rows at least: one alone has no spread.
      const rows = 1 + pick();
      await checkBlockDiff(variant, { rows, width: pick(), metric }, seed, 3, TOLERANCE);
      await checkBlockDiff(variant, { rows, width: 4 * pick(), every: 2, metric }, seed, 3, TOLERANCE);
    }
    await checkBlockDiff(variant, { rows: 1031, width: 193, metric }, 1, 1, TOLERANCE);
  });

  test('motion between frames of one tensor, some apart', async () => {
    for (const [frames, stride] of [
      [2, 1],
      [5, 1],
      [5, 3],
    ] as const) {
      const metric: Metric = { kind: 'motion', stride };
      await checkBlockDiff(variant, { rows: 13 * frames, width: 7, frames, metric }, stride);
      await checkBlockDiff(variant, { rows: 3 * frames, width: 20, frames, metric }, stride);
    }
  });

  test('a picture has no motion to speak of: unknown', async () => {
    const metric: Metric = { kind: 'motion', stride: 1 };
    const { got } = await measureBlocks(variant, { rows: 13, width: 8, frames: 1, metric }, 1, 1);
    expect([...got]).toEqual([UNKNOWN_SCORE, UNKNOWN_SCORE, 0]);
  });

  test.each([RELATIVE_L1, ...OTHERS])(
    'U9: by %o zero denominators, NaN and all-zero input score as unknown, and never fall below a threshold',
    async (metric) => {
      const run = new KernelRun(await testGpu());
      const partials = run.output(partialsShape(variant, metric, 4, 32));
      const scores = run.output([6]);
      const zeros = new Float32Array(32);
      const ones = zeros.map(() => 1);
      const nan = ones.map((one, i) => (i === 7 ? Number.NaN : one));
      const pairs = [
        [ones, zeros],
        [zeros, zeros],
        [nan, ones],
        [ones, ones],
      ].map(([a = zeros, b = zeros]) => [run.input([4, 8], a), run.input([4, 8], b)] as const);
      const record = () => {
        for (const [block, [feature, cached]] of pairs.entries()) {
          blockDiff(run.context, { metric, feature, cached, partials, block, variant });
        }
        blockScores(run.context, { metric, partials, scores, threshold: Number.POSITIVE_INFINITY });
      };
      const [got] = await run.run(record, scores);
      const unknown = UNKNOWN_SCORE;
      const alike = metric.kind === 'normRatio' && metric.per !== 'tokenDeviation' ? 1 : 0;
      // NaN lies in a channel that this metric may not look at.
      const seen = metric.kind === 'cosine' && metric.channels ? 0 : unknown;
      // What is relative to nothing is known of zeros.
      const isRelative = metric.kind !== 'meanL1' && metric.kind !== 'rootMeanSquare';
      const [ofZeros, zero] = isRelative ? [unknown, unknown] : [1, 0];
      expect([...(got ?? [])]).toEqual([ofZeros, zero, seen, alike, unknown, 0]);
    },
  );
});

test('U13: the verdict is strict, a mean at the threshold is not below it', async () => {
  const run = new KernelRun(await testGpu());
  const partials = run.input([2, 1, 2], [1, 4, 3, 4]); // scores 1/4 and 3/4
  const [at, above] = [run.output([4]), run.output([4])];
  const record = () => {
    blockScores(run.context, { metric: RELATIVE_L1, partials, scores: at, threshold: 0.5 });
    blockScores(run.context, { metric: RELATIVE_L1, partials, scores: above, threshold: 0.5000001 });
  };
  const [equal, less] = await run.run(record, at, above);
  expect(equal).toEqual(Float32Array.of(0.25, 0.75, 0.5, 0));
  expect(less).toEqual(Float32Array.of(0.25, 0.75, 0.5, 1));
});

test('shapes that do not fit are refused with their numbers', async () => {
  const run = new KernelRun(await testGpu());
  const [feature, cached, partials] = [run.output([5, 8]), run.output([2, 8]), run.output([1, 1, 2])];
  const args = { metric: RELATIVE_L1, feature, cached, partials, block: 0, variant: 'direct' } as const;
  expect(() => blockDiff(run.context, { ...args, every: 2 })).toThrow(/\[5,8\] and \[2,8\], every 2/);
  expect(() => blockDiff(run.context, { ...args, every: 3, block: 1 })).toThrow(/no relativeL1 1/);
  expect(() => blockScores(run.context, { metric: RELATIVE_L1, partials, scores: cached, threshold: 1 })).toThrow(
    /scores of \[1,1,2\]/,
  );
});

test('the variant follows the device, shares the size', () => {
  const gpu = { f16: false, subgroups: false, timestamps: false, software: false };
  expect(blockDiffVariant({ ...gpu, software: true })).toBe('direct');
  expect(blockDiffVariant(gpu)).toBe('tiled');
  expect([1, 4096, 4097, 1e8].map((count) => blockDiffShares('tiled', count))).toEqual([1, 1, 2, 512]);
  expect([1, 16, 17, 1e8].map((count) => blockDiffShares('direct', count))).toEqual([1, 1, 2, 512]);
});

describe('add_scaled', () => {
  test.each([1, -1])('out = x + %d out, exactly', async (factor) => {
    const random = new Random(factor + 3);
    const run = new KernelRun(await testGpu());
    const [a, b] = [random.values(67 * 13, 3), random.values(67 * 13, 3)];
    const [x, out] = [run.input([67, 13], a), run.input([67, 13], b)];
    const [got] = await run.run(() => addScaled(run.context, { x, out, factor }), out);
    expect(got).toEqual(a.map((value, i) => Math.fround(value + factor * (b[i] as number))));
  });

  test('sizes that differ are refused', async () => {
    const run = new KernelRun(await testGpu());
    const [x, out] = [run.output([2, 4]), run.output([3, 4])];
    expect(() => addScaled(run.context, { x, out, factor: 1 })).toThrow(/\[2,4\] and \[3,4\]/);
  });
});
