import { describe, expect, test } from 'vitest';
import { FOLDERS, QUANTISED, worstError } from '../support/recorded-runs.ts';

describe('recorded runs of diffusers and transformers, every block, to 1e-4', () => {
  test.each(FOLDERS)('%s', async (folder) => {
    expect(await worstError(folder, 'f32')).toBeLessThanOrEqual(1e-4);
  });

  test.each(QUANTISED)('%s, and to 1e-3 where weights are rounded to f16', async (folder) => {
    expect(await worstError(folder, 'f32', 'f32')).toBeLessThanOrEqual(1e-4);
    expect(await worstError(folder, 'f32')).toBeLessThanOrEqual(1e-3);
  });
});
