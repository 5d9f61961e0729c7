import { test } from 'vitest';
import { describeWithF16 } from '../../support/gpu.ts';
import { checkGroupNorm, VARIANTS } from '../../support/kernels/group-norm.ts';

describeWithF16('group norm into f16', () => {
  test.each(VARIANTS)('%s f16', async (variant) => {
    await checkGroupNorm(variant, { frames: 2, size: [7, 9], channels: 96, groups: 32, silu: true, out: 'f16' }, 1);
  });
});
