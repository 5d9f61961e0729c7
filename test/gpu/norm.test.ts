import { describe, expect, test } from 'vitest';
import { norm, normVariant } from '../../src/ops/norm.ts';
import { KernelRun, Random, testGpu } from '../support/kernel-run.ts';
import { AFFINES, checkNorm, KINDS, VARIANTS } from '../support/kernels/norm.ts';

const SIZES = [1, 3, 4, 5, 13, 16, 64, 67, 96, 192, 257];

describe.each(VARIANTS)('norm %j', (variant) => {
  test.each(KINDS)('%s on odd shapes', async (kind) => {
    const random = new Random(KINDS.indexOf(kind) + 7);
    const pick = () => SIZES[random.integer(0, SIZES.length - 1)] as number;
    for (const [round, affine] of AFFINES.entries()) {
      await checkNorm(variant, { kind, affine, rows: pick(), channels: pick(), silu: round % 2 === 1 }, round);
      await checkNorm(variant, { kind, affine, rows: pick(), channels: 4 * pick(), firstRow: round }, round);
    }
  });

  test('a mean that is large beside the deviations', async () => {
    await checkNorm(variant, { kind: 'layer', affine: 'plain', rows: 5, channels: 192, mean: 1000 }, 1);
  });

  test('rows of zeros stay finite', async () => {
    const run = new KernelRun(await testGpu());
    const x = run.input([3, 8], new Float32Array(24));
    const out = run.output([3, 8]);
    const [got] = await run.run(() => norm(run.context, { kind: 'l2', x, out, variant }), out);
    expect(got).toEqual(new Float32Array(24));
  });
});

test('bad shapes are refused with their numbers', async () => {
  const run = new KernelRun(await testGpu());
  const x = run.input([2, 6], new Float32Array(12));
  const wide = run.input([2, 8], new Float32Array(16));
  const out = run.output([2, 8]);
  expect(() => norm(run.context, { kind: 'rms', x, out })).toThrow(/width 6/);
  expect(() => norm(run.context, { kind: 'rms', x: wide, out, firstRow: 1 })).toThrow(/rows 1 to 3/);
});

test('the variant follows the device and the width', () => {
  const gpu = { f16: false, subgroups: false, timestamps: false, software: false };
  expect(normVariant({ ...gpu, software: true }, 1536)).toEqual({ name: 'direct' });
  expect(normVariant(gpu, 96)).toEqual({ name: 'tiled', lanes: 16 });
  expect(normVariant(gpu, 1536)).toEqual({ name: 'tiled', lanes: 64 });
});
