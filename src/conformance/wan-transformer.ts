import { Program } from '../gpu/program.ts';
import { Recorder } from '../gpu/recorder.ts';
import { elements } from '../gpu/tensor.ts';
import { downloadF32, upload } from '../gpu/transfer.ts';
import type { LatentSize } from '../models/latent-size.ts';
import { timestepEmbedding } from '../models/timestep-embedding.ts';
import { innerDim, parseWanTransformerConfig } from '../models/wan/config.ts';
import { wanTransformerNames } from '../models/wan/names.ts';
import { wanRopeTable } from '../models/wan/rope.ts';
import { WanTransformer3DModel } from '../models/wan/transformer.ts';
import { openCheckpoint } from '../weights/checkpoint.ts';
import { WeightSet } from '../weights/weight-set.ts';
import { batchItem, type GoldenTensor, goldenInput } from './golden.ts';
import { joinBatch, type ReplayContext, type Replayed } from './replay.ts';

/** Repeats forwards of `WanTransformer3DModel`: scalar timesteps [batch], or one for each token [batch, tokens]. */
export async function* replayWanTransformer(context: ReplayContext): AsyncIterable<Replayed> {
  const { gpu, source, golden, signal } = context;
  const checkpoint = await openCheckpoint(source, '', { names: wanTransformerNames, signal });
  const weights = new WeightSet(checkpoint, context.precision.weights);
  const model = new WanTransformer3DModel(parseWanTransformerConfig(context.config), weights);
  await weights.load(gpu, { signal });
  try {
    const [latents, text, timesteps] = ['hidden_states', 'encoder_hidden_states', 'timestep'].map((name) =>
      goldenInput(golden, `in.${name}`),
    ) as [GoldenTensor, GoldenTensor, GoldenTensor];
    const items: Replayed[][] = [];
    for (let i = 0; i < (latents.shape[0] as number); i++) {
      items.push(await forward(context, model, batchItem(latents, i), batchItem(text, i), batchItem(timesteps, i)));
    }
    yield* joinBatch(items);
  } finally {
    weights.dispose(gpu);
  }
}

async function forward(
  { gpu, precision }: ReplayContext,
  model: WanTransformer3DModel,
  latents: GoldenTensor,
  text: GoldenTensor,
  timestep: GoldenTensor,
): Promise<Replayed[]> {
  const { config } = model;
  const size = latents.shape.slice(1) as unknown as LatentSize;
  const grid = model.tokenGrid(size);
  const tokens = elements(grid);
  const perToken = [...timestep.values];
  const unique = [...new Set(perToken)];

  const recorder = new Recorder('forward');
  const ops = { recorder, capabilities: gpu.capabilities, operands: precision.operands };
  const timesteps = model.recordTimesteps(ops, unique.length);
  const prompt = model.recordPrompt(ops, 'prompt', recorder.persistent('prompt', text.shape));
  const forward = {
    latents: recorder.persistent('latents', latents.shape),
    rope: recorder.persistent('rope', [tokens, config.attentionHeadDim / 2, 2]),
    timesteps,
    groups: recorder.persistent('groups', [perToken.length], 'u32'),
    prompt,
    hiddenStates: recorder.persistent('hiddenStates', [tokens, innerDim(config)]),
    velocity: recorder.persistent('velocity', [config.outChannels, ...size]),
    velocityIndex: 0,
  };
  const sections = model.recordForward(ops, 'forward', forward);
  const program = await Program.create(gpu, recorder.finish());
  try {
    upload(gpu, timesteps.sinusoids, timestepEmbedding(unique, config.freqDim));
    upload(gpu, prompt.encoderHiddenStates, new Float32Array(text.values));
    upload(gpu, forward.latents, new Float32Array(latents.values));
    upload(gpu, forward.rope, wanRopeTable(config, grid));
    upload(
      gpu,
      forward.groups,
      Uint32Array.from(perToken, (value) => unique.indexOf(value)),
    );
    await program.run('timesteps', 'prompt', sections.embed);
    const replayed: Replayed[] = [];
    for (const [i, section] of sections.blocks.entries()) {
      await program.run(section);
      replayed.push({ name: `block.${i}`, values: await downloadF32(gpu, forward.hiddenStates) });
    }
    await program.run(sections.head);
    replayed.push({ name: 'out', values: await downloadF32(gpu, forward.velocity) });
    return replayed;
  } finally {
    program.dispose();
  }
}
