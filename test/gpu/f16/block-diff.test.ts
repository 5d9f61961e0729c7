import { test } from 'vitest';
import { describeWithF16 } from '../../support/gpu.ts';
import { checkBlockDiff, VARIANTS } from '../../support/kernels/block-diff.ts';

describeWithF16('block_diff of f16', () => {
  test.each(VARIANTS)('%s f16', async (variant) => {
    await checkBlockDiff(variant, { rows: 67, width: 192, cached: 'f16' }, 1);
    await checkBlockDiff(variant, { rows: 13, width: 67, feature: 'f16', cached: 'f16' }, 2);
    await checkBlockDiff(variant, { rows: 61, width: 64, feature: 'f16', cached: 'f16', every: 3 }, 3);
  });
});
