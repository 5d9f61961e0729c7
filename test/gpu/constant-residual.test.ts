import { afterAll, beforeAll, expect, test } from 'vitest';
import { compare } from '../../src/conformance/compare.ts';
import { testGpu } from '../support/kernel-run.ts';
import { LAWS } from '../support/laws.ts';
import { TinyRuns } from '../support/wan-runs.ts';

const STEPS = 12;

/**
 * Without them every sub-layer adds its bias, through gates that do not know the time: what the blocks add is the same
 * at all steps, whatever enters. The head's modulation still follows the time.
 */
const ZEROED = /^blocks\.\d+\.(attn1\.to_out\.0|attn2\.to_out\.0|ffn\.net\.2)\.weight$|\.time_proj\.weight$/;

/** Each policy that reuses what blocks add, set so that it does as much as its forced steps allow. */
const EAGER = Object.entries(LAWS).flatMap(([name, { eager }]) =>
  // Those that keep predictions know no blocks: a prediction changes with the head's modulation, and with the latents.
  eager && !['easycache', 'fitcache'].includes(name) ? [[name, eager] as const] : [],
);

let runs: TinyRuns;
beforeAll(async () => {
  runs = await TinyRuns.open(await testGpu(), STEPS);
}, 60_000);
afterAll(() => runs.dispose());

/** How far a run that reuses ends from one that computes, relative L2. */
async function difference(policy: string, options: Readonly<Record<string, unknown>>, schedule: string) {
  const computed = await runs.denoise('none');
  const reused = await runs.denoise(policy, options);
  expect(reused.record.schedule).toEqual({ cond: schedule, uncond: schedule });
  return compare(policy, reused.latents, computed.latents).relativeL2;
}

/** Zeroes weights on the GPU. @returns how many. */
function zeroWeights({ gpu, run }: TinyRuns, names: RegExp): number {
  const commands = [...run.recording.sections.values()].flat();
  const weights = new Set(commands.flatMap(({ tensors }) => tensors).filter(({ label }) => names.test(label)));
  const encoder = gpu.device.createCommandEncoder();
  for (const { buffer } of weights) encoder.clearBuffer(buffer);
  gpu.device.queue.submit([encoder.finish()]);
  return weights.size;
}

test('U8: a residual that never changes is reused exactly', { timeout: 60_000 }, async () => {
  // The blocks as they are: reuse shows.
  for (const [policy, { options, digits }] of EAGER.slice(0, 1)) {
    expect(await difference(policy, options, digits)).toBeGreaterThan(0.1);
  }
  expect(zeroWeights(runs, ZEROED)).toBe(2 * 3 + 1);
  for (const [policy, { options, digits }] of EAGER) {
    expect(await difference(policy, options, digits), policy).toBeLessThanOrEqual(1e-6);
  }
});
