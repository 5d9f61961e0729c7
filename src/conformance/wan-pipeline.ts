import { ModelRun } from '../pipeline/model-run.ts';
import { loadWeights } from '../pipeline/parts.ts';
import type { WanRun } from '../pipeline/wan/family.ts';
import type { WanGeometry } from '../pipeline/wan/geometry.ts';
import { openFamily } from '../pipeline/wan.ts';
import { samplerFromConfig } from '../samplers/index.ts';
import { type Golden, goldenInput } from './golden.ts';
import type { ReplayContext, Replayed } from './replay.ts';
import { recordedSteps, replayRun } from './replay-run.ts';

/** `WanPipeline.__call__`'s own default, for recordings that do not tell. */
const GUIDANCE_SCALE = 5;

/**
 * Repeats `WanPipeline` from recorded latents and prompt embeddings: `latents.N` after each step, and `out`, the
 * pictures in [0, 1]. Where the recording has the prompt's tokens, their encoding is compared with `in.prompt_embeds`.
 */
export async function* replayWanPipeline(context: ReplayContext): AsyncIterable<Replayed> {
  const { gpu, source, config, golden, precision, signal } = context;
  const family = await openFamily({ source }, config, {
    precision: precision.weights,
    capabilities: gpu.capabilities,
    signal,
  });
  let run: WanRun | undefined;
  try {
    await loadWeights(gpu, family, signal);
    const sampler = samplerFromConfig(family.scheduler).create(recordedSteps(golden));
    const tokens = family.components.text ? golden.tensors.get('in.input_ids') : undefined;
    const geometry = recordedGeometry(golden, sampler.stateRows, tokens?.shape[1]);
    run = new ModelRun(gpu, family, geometry, precision.operands);
    await run.start();

    if (tokens) {
      const mask = goldenInput(golden, 'in.attention_mask');
      const started = { gpu, program: run.program, signal };
      await run.model.encodePrompt(started, 'cond', [...tokens.values], [...mask.values]);
      yield { name: 'in.prompt_embeds', values: await run.model.promptEmbeddings(gpu, 'cond') };
    }
    run.model.writePrompt(gpu, 'cond', goldenInput(golden, 'in.prompt_embeds').values);
    run.model.writePrompt(gpu, 'uncond', goldenInput(golden, 'in.negative_prompt_embeds').values);
    yield* replayRun(gpu, run, {
      sampler,
      guidanceScale: Number(golden.metadata.guidance_scale ?? GUIDANCE_SCALE),
      latents: goldenInput(golden, 'in.latents').values,
      patch: family.decoder.patch,
    });
  } finally {
    run?.stop();
    for (const { weights } of family.parts) weights.dispose(gpu);
  }
}

function recordedGeometry(golden: Golden, stateRows: number, textLength: number | undefined): WanGeometry {
  const [, , frames = 0, rows = 0, columns = 0] = goldenInput(golden, 'in.latents').shape;
  const rowsOf = (name: string) => goldenInput(golden, name).shape[1] as number;
  return {
    latentSize: [frames, rows, columns],
    steps: recordedSteps(golden),
    stateRows,
    branches: ['cond', 'uncond'],
    promptLength: { cond: rowsOf('in.prompt_embeds'), uncond: rowsOf('in.negative_prompt_embeds') },
    ...(textLength === undefined ? {} : { textLength }),
  };
}
