import { expect, test } from 'vitest';
import { describeWithF16 } from '../../support/gpu.ts';
import { FOLDERS, worstError } from '../../support/recorded-runs.ts';

describeWithF16('with f16 operands, to 1e-2', () => {
  test.each(FOLDERS)('%s', async (folder) => {
    expect(await worstError(folder, 'f16')).toBeLessThanOrEqual(1e-2);
  });
});
