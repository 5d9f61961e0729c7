import { Program } from '../gpu/program.ts';
import { Recorder } from '../gpu/recorder.ts';
import { downloadF32, upload } from '../gpu/transfer.ts';
import { FREQ_DIM } from '../models/dit/conditioning.ts';
import { innerDim, parseDiTTransformer2DConfig } from '../models/dit/config.ts';
import { ditPositionEmbedding } from '../models/dit/position-embedding.ts';
import { DiTTransformer2DModel } from '../models/dit/transformer.ts';
import { timestepEmbedding } from '../models/timestep-embedding.ts';
import { openCheckpoint } from '../weights/checkpoint.ts';
import { WeightSet } from '../weights/weight-set.ts';
import { batchItem, type GoldenTensor, goldenInput } from './golden.ts';
import { joinBatch, type ReplayContext, type Replayed } from './replay.ts';

/** Repeats forwards of `DiTTransformer2DModel`: pictures [batch, channels, rows, columns], a timestep and a class each. */
export async function* replayDiTTransformer(context: ReplayContext): AsyncIterable<Replayed> {
  const { gpu, source, golden, signal } = context;
  const weights = new WeightSet(await openCheckpoint(source, '', { signal }), context.precision.weights);
  const model = new DiTTransformer2DModel(parseDiTTransformer2DConfig(context.config), weights);
  await weights.load(gpu, { signal });
  try {
    const latents = goldenInput(golden, 'in.hidden_states', ['any', model.config.inChannels, 'any', 'any']);
    const [timesteps, labels] = [
      goldenInput(golden, 'in.timestep').values,
      goldenInput(golden, 'in.class_labels').values,
    ];
    const items: Replayed[][] = [];
    for (let i = 0; i < (latents.shape[0] as number); i++) {
      items.push(await forward(context, model, batchItem(latents, i), timesteps[i] as number, labels[i] as number));
    }
    yield* joinBatch(items);
  } finally {
    weights.dispose(gpu);
  }
}

async function forward(
  { gpu, precision }: ReplayContext,
  model: DiTTransformer2DModel,
  { shape, values }: GoldenTensor,
  timestep: number,
  label: number,
): Promise<Replayed[]> {
  const { config } = model;
  const [channels = 0, rows = 0, columns = 0] = shape;
  const side = model.tokenSide(rows, columns);
  const recorder = new Recorder('forward');
  const ops = { recorder, capabilities: gpu.capabilities, operands: precision.operands };
  const stream = [side * side, innerDim(config)];
  const forward = {
    latents: recorder.persistent('latents', [channels, 1, rows, columns]),
    positions: recorder.persistent('positions', stream),
    conditioning: model.recordConditioning(ops, 1),
    groups: recorder.persistent('groups', [1], 'u32'),
    hiddenStates: recorder.persistent('hiddenStates', stream),
    prediction: recorder.persistent('prediction', [config.outChannels, 1, rows, columns]),
    predictionIndex: 0,
  };
  const sections = model.recordForward(ops, 'forward', forward);
  const program = await Program.create(gpu, recorder.finish());
  try {
    upload(gpu, forward.latents, new Float32Array(values));
    upload(gpu, forward.positions, ditPositionEmbedding(config, side));
    upload(gpu, forward.conditioning.sinusoids, timestepEmbedding([timestep], FREQ_DIM, 1));
    upload(gpu, forward.conditioning.classLabels, Uint32Array.of(label));
    upload(gpu, forward.groups, Uint32Array.of(0));
    program.run('conditioning', sections.embed);
    const replayed: Replayed[] = [];
    for (const [i, section] of sections.blocks.entries()) {
      program.run(section);
      replayed.push({ name: `block.${i}`, values: await downloadF32(gpu, forward.hiddenStates) });
    }
    program.run(sections.head);
    replayed.push({ name: 'out', values: await downloadF32(gpu, forward.prediction) });
    return replayed;
  } finally {
    program.dispose();
  }
}
