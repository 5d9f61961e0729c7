import { describe, expect, test } from 'vitest';
import { type CachingRow, cachingConformance } from '../../src/conformance/caching.ts';
import { testGpu } from '../support/kernel-run.ts';
import { fixtureSource } from '../support/model-folder.ts';

const MODEL = fixtureSource('../../models/shapes');
const CASES = fixtureSource('shapes-bwcache');
/** Without guidance, every other block, a share as interval, and thresholds as Python writes them: 0.0, 1.0, inf. */
const FORMS = fixtureSource('shapes-bwcache-forms');
const PRECISION = { weights: 'stored', operands: 'f32' } as const;

/** One probe and threshold: all of them take minutes, and are what `npm run conformance` is for. */
async function rows(file: string, probe: string, threshold: number): Promise<CachingRow[]> {
  const options = { precision: PRECISION, files: [file], only: { probe, threshold } };
  const found: CachingRow[] = [];
  for await (const row of cachingConformance(await testGpu(), MODEL, CASES, options)) found.push(row);
  return found;
}

describe('recorded runs of BWCache on the embedded model', () => {
  test.each([
    ['case-0.safetensors', 'feature', 0.08],
    ['case-2.safetensors', 'modulated', 0.12],
  ])('%s, probe %s: scores to 1e-3, equal schedules', { timeout: 300_000 }, async (file, probe, threshold) => {
    const found = await rows(file, probe, threshold);
    expect(found.length).toBe(2 + 1);
    for (const row of found) {
      if (row.kind === 'scores') expect(row.difference, row.name).toBeLessThanOrEqual(1e-3);
      else {
        expect(row.isEqual || row.isExcused, row.name).toBe(true);
        if (row.isEqual) expect(row.latents, row.name).toBeLessThanOrEqual(1e-3);
      }
    }
  });

  test('in another form: what its settings and names say is what runs', { timeout: 300_000 }, async () => {
    const found: CachingRow[] = [];
    const options = { precision: PRECISION, files: ['case-0.safetensors'] };
    for await (const row of cachingConformance(await testGpu(), MODEL, FORMS, options)) found.push(row);
    expect(found.map(({ name }) => name)).toEqual([
      'case-0 scores.feature.cond',
      'case-0 feature.0.0',
      'case-0 feature.1.0',
      'case-0 feature.inf',
    ]);
    for (const row of found) {
      if (row.kind === 'scores') expect(row.difference, row.name).toBeLessThanOrEqual(1e-3);
      else expect(row, row.name).toMatchObject({ isEqual: true, isExcused: false });
    }
  });
});
