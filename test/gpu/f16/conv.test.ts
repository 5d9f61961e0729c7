import { test } from 'vitest';
import type { ConvVariant } from '../../../src/ops/conv.ts';
import { describeWithF16 } from '../../support/gpu.ts';
import { Random } from '../../support/kernel-run.ts';
import { checkConv, side } from '../../support/kernels/conv.ts';

/** Those that a device with f16 gets. */
const VARIANTS: ConvVariant[] = [
  { name: 'direct', pixels: 4, channels: 4 },
  { name: 'tiled', rows: 4, columns: 4 },
];

describeWithF16('conv with f16 operands', () => {
  test.each(VARIANTS)('f16 %j', async (variant) => {
    const random = new Random(9);
    for (let round = 0; round < 3; round++) {
      const size = [2, side(random), side(random)] as const;
      const types = { x: 'f16', weight: 'f16' } as const;
      await checkConv(variant, { taps: [3, 3, 3], sampling: 'same', channels: [5, 18], size, ...types }, round);
    }
  });
});
