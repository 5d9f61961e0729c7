import { describe, expect, test } from 'vitest';
import { type CachingRow, cachingConformance } from '../../src/conformance/caching.ts';
import { recordedScores } from '../../src/conformance/caching-case.ts';
import { goldenInput, readGolden } from '../../src/conformance/golden.ts';
import { readBytes, type WeightSource } from '../../src/weights/source.ts';
import { testGpu } from '../support/kernel-run.ts';
import { fixtureSource } from '../support/model-folder.ts';

const MODEL = fixtureSource('../../models/shapes');
const CASES = fixtureSource('shapes-bwcache');
/** Without guidance, every other block, a share as interval, and thresholds as Python writes them: 0.0, 1.0, inf. */
const FORMS = fixtureSource('shapes-bwcache-forms');
const FORM = 'case-0.safetensors';
const PRECISION = { weights: 'stored', operands: 'f32' } as const;

/** One probe and threshold: all of them take minutes, and are what `npm run conformance` is for. */
async function rows(file: string, probe: string, threshold: number): Promise<CachingRow[]> {
  const options = { precision: PRECISION, files: [file], only: { probe, threshold } };
  const found: CachingRow[] = [];
  for await (const row of cachingConformance(await testGpu(), MODEL, CASES, options)) found.push(row);
  return found;
}

/** The form's recording, its run at a threshold of 1 said to have been at another, and to have gone otherwise. */
async function retold(threshold: number, cond: string): Promise<WeightSource> {
  const file = await readBytes(FORMS, FORM);
  const data = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const { __metadata__, ...tensors } = JSON.parse(new TextDecoder().decode(file.subarray(8, data)));
  const { 'latents.feature.1.0': latents, ...others } = tensors;
  const key = `feature.${threshold}`;
  const settings = { ...JSON.parse(__metadata__.settings), schedules: { [key]: { cond } } };
  const told = { __metadata__: { settings: JSON.stringify(settings) }, ...others, [`latents.${key}`]: latents };
  const header = new TextEncoder().encode(JSON.stringify(told));
  const length = new BigUint64Array([BigInt(header.length)]);
  const blob = new Blob([length, header, new Uint8Array(file.subarray(data))]);
  const open = async () => ({ stream: blob.stream(), start: 0, totalBytes: blob.size, origin: 'disk' }) as const;
  return { ...FORMS, open };
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
    const options = { precision: PRECISION, files: [FORM] };
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

  test('a schedule that differs is excused at the mean that lies at the threshold, and nowhere else', async () => {
    const golden = goldenInput(await readGolden(FORMS, FORM), 'scores.feature.cond');
    // The smallest mean of all: ours triggers right after it, at these thresholds.
    const [least, above] = [recordedScores(golden, 1).mean, 1 + 1e-5];
    const never = '1'.repeat(16);
    for (const [threshold, cond, isExcused] of [
      [least * above, never, true],
      // What no policy plans.
      [least * above, `${never.slice(1)}0`, false],
      // A mean that is near, but not of the decision that differs.
      [recordedScores(golden, 2).mean * above, never, false],
    ] as const) {
      const options = { precision: PRECISION, files: [FORM] };
      const found: CachingRow[] = [];
      for await (const row of cachingConformance(await testGpu(), MODEL, await retold(threshold, cond), options)) {
        if (row.kind === 'schedule') found.push(row);
      }
      expect(found, `${threshold} ${cond}`).toMatchObject([{ isEqual: false, isExcused }]);
    }
  });
});
