import type { Gpu } from '../gpu/gpu.ts';
import { Program } from '../gpu/program.ts';
import { Recorder } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { downloadF32 } from '../gpu/transfer.ts';
import { toFloats } from '../ops/pixels.ts';
import { ModelRun, type Run } from '../pipeline/model-run.ts';
import { loadWeights } from '../pipeline/parts.ts';
import type { WanRun } from '../pipeline/wan/family.ts';
import type { WanGeometry } from '../pipeline/wan/geometry.ts';
import { openFamily } from '../pipeline/wan.ts';
import { samplerFromConfig } from '../samplers/index.ts';
import { type Golden, goldenInput } from './golden.ts';
import type { ReplayContext, Replayed } from './replay.ts';

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
    await run.prepare(sampler, goldenInput(golden, 'in.latents').values);
    for (let step = 0; step < geometry.steps; step++) {
      run.beginStep(step, sampler, Number(golden.metadata.guidance_scale ?? GUIDANCE_SCALE));
      for (const { sections } of run.sites.values()) {
        await run.program.run(sections.embed, ...sections.blocks, sections.head);
      }
      await run.program.run('update');
      yield { name: `latents.${step}`, values: await run.latents() };
    }
    yield { name: 'out', values: await decodeFloats(gpu, run, family.decoder.patch) };
  } finally {
    run?.stop();
    for (const { weights } of family.parts) weights.dispose(gpu);
  }
}

/** The steps are not among a recording's settings; its latents are. */
function recordedSteps({ tensors }: Golden): number {
  return [...tensors.keys()].filter((name) => /^latents\.\d+$/.test(name)).length;
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

/** All pictures as floats in [0, 1], [frames, 3, height, width]: the run itself makes bytes. */
async function decodeFloats(gpu: Gpu, run: Run, patch: number): Promise<Float32Array> {
  const { chunks, frames, height, width } = run.decoding;
  const pictures = new Float32Array(frames * 3 * height * width);
  let at = 0;
  for (const { sections, raw } of chunks) {
    await run.program.run(...sections);
    const values = await toHostFloats(gpu, raw, [raw.shape[0] as number, 3, height, width], patch);
    pictures.set(
      values.map((value) => value / 2 + 0.5),
      at,
    );
    at += values.length;
  }
  return pictures;
}

async function toHostFloats(gpu: Gpu, raw: Tensor, shape: readonly number[], patch: number): Promise<Float32Array> {
  const recorder = new Recorder('floats');
  const out = recorder.persistent('out', shape);
  const ops = { recorder, capabilities: gpu.capabilities, operands: 'f32' } as const;
  recorder.section('floats', () => toFloats(ops, { x: raw, out, patch }));
  const program = await Program.create(gpu, recorder.finish());
  try {
    await program.run('floats');
    return await downloadF32(gpu, out);
  } finally {
    program.dispose();
  }
}
