import { expect, test } from 'vitest';
import { type HookRow, hookConformance } from '../../src/conformance/hooks.ts';
import { testGpu } from '../support/kernel-run.ts';
import { fixtureSource } from '../support/model-folder.ts';

/** Runs of the embedded model under other people's hooks: all of them are what `npm run conformance` is for. */
const RECORDED = [
  ['fbcache-0.12', 'fbcache', 'cond 140, uncond 162'],
  // Decided by the GPU, its forecasts by the verdicts that have come.
  ['dbcache-f1-taylor', 'dbcache', '313'],
] as const;

test.each(RECORDED)('%s goes as it was recorded, step by step', { timeout: 300_000 }, async (file, policy, blocks) => {
  const rows: HookRow[] = [];
  const options = { precision: { weights: 'stored', operands: 'f32' }, files: [`${file}.safetensors`] } as const;
  const [model, recorded] = [fixtureSource('../../models/shapes'), fixtureSource('shapes-hooks')];
  for await (const row of hookConformance(await testGpu(), model, recorded, options)) rows.push(row);
  expect(rows).toMatchObject([{ policy, blockForwards: { recorded: blocks, ours: blocks } }]);
  for (const row of rows) expect('worst' in row && row.worst).toBeLessThanOrEqual(1e-4);
});
