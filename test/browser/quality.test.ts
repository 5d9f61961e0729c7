import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROMPT_CASES } from '../../bench/policies/prompts.ts';
import { type Clip, type GenerateOptions, loadPipeline, noStore, type Pipeline } from '../../src/index.ts';

/** A quarter of the picture that the model is meant for, and fewer steps and frames: 35 clips in less than a minute. */
const SHORT: GenerateOptions = { steps: 12, width: 64, height: 64, frames: 5 };

/** dB by which a mean may rise with the threshold. Single clips rise by more than 10, where branches fall into step. */
const TOLERANCE = 0.5;

/** dB by which it falls at least over all thresholds, or nothing was put to the test. SwiftShader: 25 and 19. */
const FALL = 6;

let pipeline: Pipeline;
/** Full runs of the first 5 prompts of the bench, with their seeds: drawn at random, none picked. */
const baselines: { readonly options: GenerateOptions; readonly clip: Clip }[] = [];

beforeAll(async () => {
  const options = { manifestUrl: '/weights-manifest.json', store: noStore, firstRun: { ...SHORT, prompt: '' } };
  pipeline = await loadPipeline('shapes', options);
  for (const { prompt, seed } of PROMPT_CASES.slice(0, 5)) {
    const options = { ...SHORT, prompt, seed };
    baselines.push({ options, clip: await pipeline.generate(options) });
  }
}, 300_000);
afterAll(() => pipeline.dispose());

/** Means over all prompts: PSNR against the full run in dB, and share of blocks computed. */
async function quality(policy: string, policyOptions: Readonly<Record<string, number>>) {
  let [psnr, share] = [0, 0];
  for (const { options, clip: baseline } of baselines) {
    const clip = await pipeline.generate({ ...options, policy, policyOptions });
    const { computed, reused } = clip.report.blocks;
    psnr += (await clip.compare(baseline)).psnr / baselines.length;
    share += computed / (computed + reused) / baselines.length;
    clip.dispose();
  }
  return { psnr, share };
}

// Thresholds from where few clips are touched to where more reuse hardly comes to more loss.
test.each([
  ['bwcache', [0.08, 0.1, 0.2], { interval: 2 }],
  ['teacache', [0.1, 0.2, 0.4], {}],
] as const)(
  'U10: with %s, PSNR falls as the threshold rises',
  { timeout: 600_000 },
  async (policy, thresholds, others) => {
    const means = [];
    for (const threshold of thresholds) means.push(await quality(policy, { threshold, ...others }));
    const [low, middle, high] = means;
    if (!low || !middle || !high) throw new Error('three thresholds');
    const shown = JSON.stringify(means);
    expect(middle.psnr, shown).toBeLessThanOrEqual(low.psnr + TOLERANCE);
    expect(high.psnr, shown).toBeLessThanOrEqual(middle.psnr + TOLERANCE);
    expect(low.psnr - high.psnr, shown).toBeGreaterThan(FALL);
    expect(middle.share, shown).toBeLessThan(low.share);
    expect(high.share, shown).toBeLessThan(middle.share);
  },
);
