import { test } from 'vitest';
import type { AttentionVariant } from '../../../src/ops/attention.ts';
import { describeWithF16 } from '../../support/gpu.ts';
import { checkAttention } from '../../support/kernels/attention.ts';

/** Those that a device with f16 gets. */
const VARIANTS: AttentionVariant[] = [{ name: 'direct', tile: 2 }, { name: 'tiled' }];

describeWithF16('attention with f16 operands', () => {
  test.each(VARIANTS)('%j f16', async (variant) => {
    const shape = { heads: 2, headDim: 20, queries: 35, keys: 35, fused: true, operands: 'f16' } as const;
    await checkAttention(variant, { ...shape, out: 'f16' }, 8);
  });
});
