import { describe, expect, test } from 'vitest';
import { addScaled } from '../../src/ops/add-scaled.ts';
import { blockDiff, blockDiffShares, blockDiffVariant, blockScores, UNKNOWN_SCORE } from '../../src/ops/block-diff.ts';
import { KernelRun, Random, testGpu } from '../support/kernel-run.ts';
import { checkBlockDiff, measureBlocks, VARIANTS } from '../support/kernels/block-diff.ts';

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
    await checkBlockDiff(variant, { rows: 13, width: 20, denominator: 'newer' }, 3);
    await checkBlockDiff(variant, { rows: 5, width: 7, every: 2, denominator: 'newer' }, 4);
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

  test('U9: zero denominators, NaN and all-zero input score as unknown, and never fall below a threshold', async () => {
    const run = new KernelRun(await testGpu());
    const shares = blockDiffShares(variant, 32);
    const partials = run.output([4, shares, 2]);
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
        blockDiff(run.context, { feature, cached, partials, block, variant });
      }
      blockScores(run.context, { partials, scores, threshold: Number.POSITIVE_INFINITY });
    };
    const [got] = await run.run(record, scores);
    const unknown = UNKNOWN_SCORE;
    expect([...(got ?? [])]).toEqual([unknown, unknown, unknown, 0, unknown, 0]);
  });
});

test('U13: the verdict is strict, a mean at the threshold is not below it', async () => {
  const run = new KernelRun(await testGpu());
  const partials = run.input([2, 1, 2], [1, 4, 3, 4]); // scores 1/4 and 3/4
  const [at, above] = [run.output([4]), run.output([4])];
  const record = () => {
    blockScores(run.context, { partials, scores: at, threshold: 0.5 });
    blockScores(run.context, { partials, scores: above, threshold: 0.5000001 });
  };
  const [equal, less] = await run.run(record, at, above);
  expect(equal).toEqual(Float32Array.of(0.25, 0.75, 0.5, 0));
  expect(less).toEqual(Float32Array.of(0.25, 0.75, 0.5, 1));
});

test('shapes that do not fit are refused with their numbers', async () => {
  const run = new KernelRun(await testGpu());
  const [feature, cached, partials] = [run.output([5, 8]), run.output([2, 8]), run.output([1, 1, 2])];
  const args = { feature, cached, partials, block: 0, variant: 'direct' } as const;
  expect(() => blockDiff(run.context, { ...args, every: 2 })).toThrow(/\[5,8\] and \[2,8\], every 2/);
  expect(() => blockDiff(run.context, { ...args, every: 3, block: 1 })).toThrow(/no difference 1/);
  expect(() => blockScores(run.context, { partials, scores: cached, threshold: 1 })).toThrow(/scores of 1/);
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
