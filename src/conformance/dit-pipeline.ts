import type { Gpu } from '../gpu/gpu.ts';
import { Program } from '../gpu/program.ts';
import { Recorder } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { downloadF32, upload } from '../gpu/transfer.ts';
import {
  type AutoencoderKLConfig,
  AutoencoderKLDecoder,
  parseAutoencoderKLConfig,
} from '../models/autoencoder-kl/index.ts';
import { readConfig } from '../models/config.ts';
import { FREQ_DIM } from '../models/dit/conditioning.ts';
import { innerDim, parseDiTTransformer2DConfig } from '../models/dit/config.ts';
import { ditPositionEmbedding } from '../models/dit/position-embedding.ts';
import { type DiTConditioning, DiTTransformer2DModel } from '../models/dit/transformer.ts';
import { timestepEmbedding } from '../models/timestep-embedding.ts';
import { channelsLast } from '../ops/channels-last.ts';
import type { OpContext } from '../ops/context.ts';
import { paddedChannels } from '../ops/conv-layout.ts';
import { linearCombination } from '../ops/linear-combination.ts';
import { toFloats } from '../ops/pixels.ts';
import { samplerFromConfig } from '../samplers/index.ts';
import { guidedUpdate, type Sampler } from '../samplers/sampler.ts';
import { openCheckpoint } from '../weights/checkpoint.ts';
import { WeightSet } from '../weights/weight-set.ts';
import { batchItem, type Golden, goldenInput } from './golden.ts';
import { joinBatch, type ReplayContext, type Replayed } from './replay.ts';

/**
 * Repeats `DiTPipeline` from recorded noise and class labels, one picture at a time: `latents.N` after each step, and
 * `out`, the pictures in [0, 1].
 */
export async function* replayDiTPipeline({
  gpu,
  source,
  golden,
  precision,
  signal,
}: ReplayContext): AsyncIterable<Replayed> {
  const config = (path: string) => readConfig(source, path, signal);
  const open = async (folder: string) =>
    new WeightSet(await openCheckpoint(source, folder, { signal }), precision.weights);
  const [transformerWeights, vaeWeights] = [await open('transformer'), await open('vae')];
  const vaeConfig = parseAutoencoderKLConfig(await config('vae/config.json'));
  const models: Models = {
    transformer: new DiTTransformer2DModel(
      parseDiTTransformer2DConfig(await config('transformer/config.json')),
      transformerWeights,
    ),
    vaeConfig,
    decoder: new AutoencoderKLDecoder(vaeWeights, vaeConfig),
  };
  const sampler = samplerFromConfig(await config('scheduler/scheduler_config.json')).create(recordedSteps(golden));
  const guidance = Number(golden.metadata.guidance_scale);
  try {
    for (const weights of [transformerWeights, vaeWeights]) await weights.load(gpu, { signal });
    const run = new PictureRun(gpu, models, sampler, guidance, precision.operands);
    await run.start();
    try {
      const { inChannels, sampleSize } = models.transformer.config;
      const latents = goldenInput(golden, 'in.latents', ['any', inChannels, sampleSize, sampleSize]);
      const labels = goldenInput(golden, 'in.class_labels', [latents.shape[0] as number]).values;
      const items: Replayed[][] = [];
      for (const [i, label] of labels.entries()) items.push(await run.picture(batchItem(latents, i).values, label));
      yield* joinBatch(items);
    } finally {
      run.stop();
    }
  } finally {
    for (const weights of [transformerWeights, vaeWeights]) weights.dispose(gpu);
  }
}

interface Models {
  readonly transformer: DiTTransformer2DModel;
  readonly vaeConfig: AutoencoderKLConfig;
  readonly decoder: AutoencoderKLDecoder;
}

/** The steps are not among a recording's settings; its latents are. */
function recordedSteps({ tensors }: Golden): number {
  return [...tensors.keys()].filter((name) => /^latents\.\d+$/.test(name)).length;
}

/** All that makes a picture, recorded: forwards of one branch, or with guidance of two, the update, the decoder. */
class PictureRun {
  readonly #recorder = new Recorder('picture');
  /** Of each branch: `cond`, and with guidance `uncond`. */
  readonly #forwards: readonly { readonly sections: readonly string[]; readonly row: Tensor }[];
  readonly #conditioning: DiTConditioning;
  readonly #positions: Tensor;
  readonly #state: Tensor;
  readonly #coefficients: Tensor;
  readonly #scale: Tensor;
  readonly #shift: Tensor;
  readonly #decode: readonly string[];
  readonly #picture: Tensor;
  #program: Program | undefined;

  constructor(
    private readonly gpu: Gpu,
    private readonly models: Models,
    private readonly sampler: Sampler,
    private readonly guidance: number,
    operands: OpContext['operands'],
  ) {
    const { transformer, vaeConfig, decoder } = models;
    const { config } = transformer;
    const { inChannels, sampleSize } = config;
    const recorder = this.#recorder;
    const ops: OpContext = { recorder, capabilities: gpu.capabilities, operands };
    const branches = guidance > 1 ? ['cond', 'uncond'] : ['cond'];
    const latents = [inChannels, 1, sampleSize, sampleSize];
    const stream = [transformer.tokenSide(sampleSize, sampleSize) ** 2, innerDim(config)];
    this.#state = recorder.persistent('state', [1, ...latents]);
    this.#positions = recorder.persistent('positions', stream);
    this.#coefficients = recorder.persistent('coefficients', [1, 1 + branches.length]);
    this.#conditioning = transformer.recordConditioning(ops, branches.length * sampler.timesteps.length);
    const prediction = recorder.persistent('prediction', [branches.length, ...latents]);
    const shared = {
      latents: this.#state,
      positions: this.#positions,
      conditioning: this.#conditioning,
      hiddenStates: recorder.persistent('hiddenStates', stream),
      prediction,
    };
    this.#forwards = branches.map((branch, predictionIndex) => {
      const row = recorder.persistent(`row.${branch}`, [1], 'u32');
      const { embed, blocks, head } = transformer.recordForward(ops, branch, {
        ...shared,
        groups: row,
        predictionIndex,
      });
      return { sections: [embed, ...blocks, head], row };
    });
    recorder.section('update', () =>
      linearCombination(ops, { state: this.#state, velocity: prediction, coefficients: this.#coefficients }),
    );
    this.#scale = recorder.persistent('vae.scale', [inChannels]);
    this.#shift = recorder.persistent('vae.shift', [inChannels]);
    const z = recorder.persistent('vae.z', [1, sampleSize, sampleSize, paddedChannels(vaeConfig.latentChannels)]);
    recorder.section('latents', () => {
      const x = recorder.temporary('latents', latents);
      recorder.copy(this.#state, x, this.#state.bytes);
      channelsLast(ops, { x, scale: this.#scale, shift: this.#shift, out: z });
    });
    const chunks = decoder.record(ops, z);
    const out = (chunks[0] as (typeof chunks)[number]).out;
    const [, height = 0, width = 0] = out.shape;
    this.#picture = recorder.persistent('picture', [1, 3, height, width]);
    recorder.section('picture', () => toFloats(ops, { x: out, out: this.#picture }));
    this.#decode = ['latents', ...chunks.flatMap(({ sections }) => sections), 'picture'];
  }

  async start(): Promise<void> {
    this.#program = await Program.create(this.gpu, this.#recorder.finish());
    const { transformer, vaeConfig } = this.models;
    const { config } = transformer;
    upload(this.gpu, this.#positions, ditPositionEmbedding(config, config.sampleSize / config.patchSize));
    upload(this.gpu, this.#scale, new Float32Array(config.inChannels).fill(1 / vaeConfig.scalingFactor));
    upload(this.gpu, this.#shift, new Float32Array(config.inChannels));
  }

  /** The latents after each step, and the picture. */
  async picture(noise: Float32Array, label: number): Promise<Replayed[]> {
    const { gpu, sampler, guidance } = this;
    const program = this.#program as Program;
    const { timesteps } = sampler;
    const { numEmbedsAdaNorm } = this.models.transformer.config;
    const branches = this.#forwards.length === 2 ? 2 : 1;
    // A row for each timestep of `cond`, then of `uncond`, whose class is the one for none.
    const labels = [label, numEmbedsAdaNorm].slice(0, branches);
    const sinusoids = timestepEmbedding(
      labels.flatMap(() => timesteps),
      FREQ_DIM,
      1,
    );
    upload(gpu, this.#conditioning.sinusoids, sinusoids);
    const classLabels = labels.flatMap((one) => timesteps.map(() => one));
    upload(gpu, this.#conditioning.classLabels, Uint32Array.from(classLabels));
    upload(gpu, this.#state, new Float32Array(noise));
    program.run('conditioning');
    const replayed: Replayed[] = [];
    for (const step of timesteps.keys()) {
      upload(gpu, this.#coefficients, guidedUpdate(sampler, step, guidance, branches));
      for (const [branch, { sections, row }] of this.#forwards.entries()) {
        upload(gpu, row, Uint32Array.of(branch * timesteps.length + step));
        program.run(...sections);
      }
      program.run('update');
      replayed.push({ name: `latents.${step}`, values: await downloadF32(gpu, this.#state) });
    }
    program.run(...this.#decode);
    const values = await downloadF32(gpu, this.#picture);
    return [...replayed, { name: 'out', values: values.map((value) => value / 2 + 0.5) }];
  }

  stop(): void {
    this.#program?.dispose();
  }
}
