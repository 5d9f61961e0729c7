import { describe, expect, test } from 'vitest';
import { type MatmulVariant, matmulVariant } from '../../src/ops/matmul.ts';
import { Random } from '../support/kernel-run.ts';
import { checkMatmul, EPILOGUES, size } from '../support/kernels/matmul.ts';

/** A larger tile's source differs in numbers only, and takes a CPU driver seconds to compile: two epilogues stand for all. */
const FEW = ['none', 'gatedResidual'] as const;
const VARIANTS: (MatmulVariant & { readonly epilogues: readonly (typeof EPILOGUES)[number][] })[] = [
  { name: 'direct', tileM: 2, epilogues: EPILOGUES },
  { name: 'direct', tileM: 16, epilogues: FEW },
  { name: 'tiled', tileM: 64, epilogues: EPILOGUES },
  { name: 'tiled', tileM: 128, epilogues: FEW },
  { name: 'small', epilogues: EPILOGUES },
];

describe.each(VARIANTS)('matmul $name $tileM', ({ epilogues, ...variant }) => {
  test.each(epilogues)('%s on odd shapes', async (kind) => {
    const random = new Random(EPILOGUES.indexOf(kind) + 1);
    for (let round = 0; round < 5; round++) {
      const shape: [number, number, number] = [size(random), size(random), size(random)];
      const weight = round % 2 ? 'f16' : 'f32';
      await checkMatmul(variant, kind, shape, { x: 'f32', weight, out: 'f32' }, round, round === 3);
    }
    // Every side a multiple of 4, two tiles and a bit: the vectorised paths.
    await checkMatmul(variant, kind, [68, 36, 132], { x: 'f32', weight: 'f16', out: 'f32' }, 9, true);
  });
});

test('the variant follows the device and the shape', () => {
  const gpu = { f16: false, subgroups: false, timestamps: false, software: false };
  expect(matmulVariant({ ...gpu, software: true }, 80, 768)).toEqual({ name: 'direct', tileM: 16 });
  expect(matmulVariant({ ...gpu, software: true, f16: true }, 80, 768)).toEqual({ name: 'direct', tileM: 2 });
  expect(matmulVariant(gpu, 3, 768)).toEqual({ name: 'small' });
  expect(matmulVariant(gpu, 80, 768)).toEqual({ name: 'tiled', tileM: 64 });
  expect(matmulVariant(gpu, 4096, 6144)).toEqual({ name: 'tiled', tileM: 128 });
});
