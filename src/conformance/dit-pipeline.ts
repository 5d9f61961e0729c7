import { openFamily } from '../pipeline/dit.ts';
import { ModelRun } from '../pipeline/model-run.ts';
import { loadWeights } from '../pipeline/parts.ts';
import type { RunGeometry } from '../pipeline/run-geometry.ts';
import { samplerFromConfig } from '../samplers/index.ts';
import { batchItem, goldenInput } from './golden.ts';
import { joinBatch, type ReplayContext, type Replayed } from './replay.ts';
import { recordedSteps, replayRun } from './replay-run.ts';

/**
 * Repeats `DiTPipeline` from recorded noise and class labels, one picture at a time: `latents.N` after each step, and
 * `out`, the pictures in [0, 1].
 */
export async function* replayDiTPipeline(context: ReplayContext): AsyncIterable<Replayed> {
  const { gpu, source, config, golden, precision, signal } = context;
  const options = { precision: precision.weights, capabilities: gpu.capabilities, signal };
  const family = await openFamily({ source }, config, options);
  const { latentChannels, defaults, decoder } = family;
  const [, rows, columns] = family.latentSize(defaults);
  const noise = goldenInput(golden, 'in.latents', ['any', latentChannels, rows, columns]);
  const labels = goldenInput(golden, 'in.class_labels', [noise.shape[0] as number]).values;
  const sampler = samplerFromConfig(family.scheduler).create(recordedSteps(golden));
  const guidanceScale = Number(golden.metadata.guidance_scale);
  const geometry: RunGeometry = {
    latentSize: family.latentSize(defaults),
    steps: sampler.timesteps.length,
    stateRows: sampler.stateRows,
    branches: guidanceScale > 1 ? ['cond', 'uncond'] : ['cond'],
  };
  let run: ModelRun<RunGeometry, number> | undefined;
  try {
    await loadWeights(gpu, family, signal);
    run = new ModelRun(gpu, family, geometry, precision.operands);
    await run.start();
    const items: Replayed[][] = [];
    for (const [i, label] of labels.entries()) {
      await run.condition(label);
      const latents = batchItem(noise, i).values;
      const item: Replayed[] = [];
      const recorded = { sampler, guidanceScale, latents, patch: decoder.patch };
      for await (const replayed of replayRun(gpu, run, recorded)) item.push(replayed);
      items.push(item);
    }
    yield* joinBatch(items);
  } finally {
    run?.stop();
    for (const { weights } of family.parts) weights.dispose(gpu);
  }
}
