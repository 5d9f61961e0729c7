import { expect, test } from 'vitest';
import { type HookRow, hookConformance } from '../../src/conformance/hooks.ts';
import { testGpu } from '../support/kernel-run.ts';
import { fixtureSource } from '../support/model-folder.ts';

/** A run of the embedded model under diffusers' hook: all of them are what `npm run conformance` is for. */
test('first-block cache goes as under diffusers’ hook, step by step', { timeout: 300_000 }, async () => {
  const rows: HookRow[] = [];
  const options = { precision: { weights: 'stored', operands: 'f32' }, files: ['fbcache-0.12.safetensors'] } as const;
  const [model, recorded] = [fixtureSource('../../models/shapes'), fixtureSource('shapes-hooks')];
  for await (const row of hookConformance(await testGpu(), model, recorded, options)) rows.push(row);
  const blocks = 'cond 140, uncond 162';
  expect(rows).toMatchObject([{ policy: 'fbcache', blockForwards: { recorded: blocks, ours: blocks } }]);
  for (const row of rows) expect('worst' in row && row.worst).toBeLessThanOrEqual(1e-4);
});
