import { test } from 'vitest';
import type { MatmulVariant } from '../../../src/ops/matmul.ts';
import { describeWithF16 } from '../../support/gpu.ts';
import { Random } from '../../support/kernel-run.ts';
import { checkMatmul, size, type Types } from '../../support/kernels/matmul.ts';

/** Those that a device with f16 gets. */
const VARIANTS: MatmulVariant[] = [
  { name: 'direct', tileM: 2 },
  { name: 'tiled', tileM: 64 },
  { name: 'tiled', tileM: 128 },
  { name: 'small' },
];

describeWithF16('matmul with f16 operands', () => {
  test.each(VARIANTS)('$name $tileM', async (variant) => {
    const random = new Random(5);
    for (let round = 0; round < 4; round++) {
      const types: Types = { x: 'f16', weight: 'f16', out: 'f32' };
      await checkMatmul(variant, 'gatedResidual', [size(random), 4 * size(random), 4 * size(random)], types, round);
    }
    await checkMatmul(variant, 'gelu', [65, 128, 68], { x: 'f16', weight: 'f16', out: 'f16' }, 7);
  });
});
