import { test } from 'vitest';
import { describeWithF16 } from '../../support/gpu.ts';
import { checkNorm, VARIANTS } from '../../support/kernels/norm.ts';

describeWithF16('norm into f16', () => {
  test.each(VARIANTS)('%j f16', async (variant) => {
    await checkNorm(variant, { kind: 'layer', affine: 'modulated', rows: 67, channels: 192, out: 'f16' }, 1);
    await checkNorm(variant, { kind: 'l2', affine: 'weight', rows: 13, channels: 67, out: 'f16', silu: true }, 2);
  });
});
