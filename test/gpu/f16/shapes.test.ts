import { expect, test } from 'vitest';
import { describeWithF16 } from '../../support/gpu.ts';
import { testGpu } from '../../support/kernel-run.ts';
import { replayShapes } from '../../support/replay-shapes.ts';

/** On a CPU driver, which takes a second for each: the error grows evenly over all 30, to 6e-4 on lavapipe. */
const FIRST = 10;

describeWithF16('the embedded model with f16 operands', () => {
  test('latents are within 1e-3, and pictures, where they are made, within 60 dB', { timeout: 300_000 }, async () => {
    const { software } = (await testGpu()).capabilities;
    const { worst, decibels } = await replayShapes('f16', software ? FIRST : undefined);
    expect(worst).toBeGreaterThan(0);
    expect(worst).toBeLessThanOrEqual(1e-3);
    if (!software) expect(decibels).toBeGreaterThanOrEqual(60);
  });
});
