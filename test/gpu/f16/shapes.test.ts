import { expect, test } from 'vitest';
import { describeWithF16 } from '../../support/gpu.ts';
import { replayShapes } from '../../support/replay-shapes.ts';

describeWithF16('with f16 operands', () => {
  test('the pictures are within 40 dB', { timeout: 600_000 }, async () => {
    const { decibels } = await replayShapes('f16');
    expect(decibels).toBeGreaterThanOrEqual(40);
  });
});
