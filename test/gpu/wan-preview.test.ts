import { afterAll, beforeAll, expect, test } from 'vitest';
import { download, downloadF32 } from '../../src/gpu/transfer.ts';
import { RunPreview } from '../../src/pipeline/preview.ts';
import type { Preview } from '../../src/pipeline/types.ts';
import { samplerFromConfig } from '../../src/samplers/index.ts';
import { packRows } from '../../src/video/frames.ts';
import { Random, testGpu } from '../support/kernel-run.ts';
import { TinyRuns } from '../support/wan-runs.ts';

const STEPS = 4;
const GUIDANCE = 4;

let runs: TinyRuns;
beforeAll(async () => {
  runs = await TinyRuns.open(await testGpu(), STEPS);
}, 60_000);
afterAll(() => runs.dispose());

/** Previews of each step, recorded but not allocated. */
function previewOf(onPreview: (preview: Preview) => void): RunPreview {
  const { capabilities } = runs.gpu;
  return new RunPreview(runs.run, { capabilities, operands: 'f32' }, { every: 1, onPreview });
}

test('U11: memory is as planned, and none when stopped', async () => {
  const { memory } = runs.gpu;
  const before = memory.currentBytes;
  const preview = previewOf(() => {});
  expect(memory.currentBytes).toBe(before);
  await preview.start(runs.gpu);
  expect(memory.currentBytes - before).toBe(preview.plannedBytes);
  preview.stop();
  expect(memory.currentBytes).toBe(before);
});

test('it is the first frame of x - sigma v, v being the guided velocity', async () => {
  const { gpu, run, family } = runs;
  const sampler = samplerFromConfig(family.scheduler).create(STEPS);
  const previews: Preview[] = [];
  const preview = previewOf((made) => previews.push(made));
  await preview.start(gpu);
  const step = 1;
  await run.prepare(sampler, new Random(2).values(16 * 2 * 4 * 6));
  run.beginStep(step, sampler, GUIDANCE);
  for (const { sections } of run.sites.values()) {
    await run.program.run(sections.embed, ...sections.blocks, sections.head);
  }
  const [latents, velocity] = [await run.latents(), await downloadF32(gpu, run.velocity)];
  await preview.submit(gpu.pacer, step, sampler, GUIDANCE);
  await preview.finish();
  preview.stop();
  // Neither changes before the update.
  expect(await run.latents()).toEqual(latents);
  expect(await downloadF32(gpu, run.velocity)).toEqual(velocity);

  const sigma = sampler.sigmas[step] as number;
  const clean = latents.map((x, i) => {
    const [cond, uncond] = [velocity[i] as number, velocity[latents.length + i] as number];
    return x - sigma * (uncond + GUIDANCE * (cond - uncond));
  });
  await run.prepare(sampler, clean);
  const { chunks, width, height } = run.decoding;
  const [first] = chunks;
  if (!first) throw new Error('nothing to decode');
  await run.program.run(...first.sections);
  const { pixels } = first;
  const expected = packRows({ pixels, width, height }, await download(gpu, pixels));
  expect(previews).toMatchObject([{ step, width, height }]);
  const rgba = previews[0]?.rgba ?? new Uint8ClampedArray();
  expect(rgba.length).toBe(expected.length);
  // Sums are rounded differently on the host.
  expect(expected.every((value, i) => Math.abs(value - (rgba[i] as number)) <= 1)).toBe(true);
  expect(new Set(expected).size).toBeGreaterThan(10);
});
