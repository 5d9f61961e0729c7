import { test } from 'vitest';
import { describeWithF16 } from '../../support/gpu.ts';
import { checkQkNormRope, VARIANTS } from '../../support/kernels/qk-norm-rope.ts';

describeWithF16('qk_norm_rope into f16', () => {
  test.each(VARIANTS)('%s f16', async (variant) => {
    await checkQkNormRope(
      variant,
      { tokens: 13, heads: 3, headDim: 20, parts: 3, norm: true, rope: 'shared', f16: true },
      7,
    );
    await checkQkNormRope(
      variant,
      { tokens: 5, heads: 2, headDim: 12, parts: 1, norm: true, rope: 'none', f16: true },
      8,
    );
  });
});
