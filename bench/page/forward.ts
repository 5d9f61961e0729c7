import type { Gpu } from '../../src/gpu/gpu.ts';
import { Program } from '../../src/gpu/program.ts';
import { Recorder } from '../../src/gpu/recorder.ts';
import { elements, type Tensor } from '../../src/gpu/tensor.ts';
import { downloadF32, upload } from '../../src/gpu/transfer.ts';
import type { ConfigJson } from '../../src/models/config.ts';
import type { LatentSize } from '../../src/models/latent-size.ts';
import { timestepEmbedding } from '../../src/models/timestep-embedding.ts';
import { innerDim, parseWanTransformerConfig } from '../../src/models/wan/config.ts';
import { wanRopeTable } from '../../src/models/wan/rope.ts';
import { WanTransformer3DModel } from '../../src/models/wan/transformer.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { readJson, sourceFromUrl } from '../../src/weights/source.ts';
import { WeightSet } from '../../src/weights/weight-set.ts';

/** Latent frames, rows and columns that the embedded model is made for: 80 tokens. */
export const LATENT_SIZE: LatentSize = [5, 8, 8];

/** Words of a prompt, padded. */
export const PROMPT_LENGTH = 32;

/** Inputs of one whole forward. */
export interface ForwardInputs {
  /** [channels, frames, rows, columns]. */
  readonly latents: Float32Array<ArrayBuffer>;
  readonly timestep: number;
  /** [PROMPT_LENGTH, textDim]. */
  readonly text: Float32Array<ArrayBuffer>;
}

/** The embedded transformer, recorded for single forwards in which nothing is kept from an earlier one. */
export class EmbeddedForward {
  private constructor(
    private readonly gpu: Gpu,
    private readonly program: Program,
    private readonly weights: WeightSet,
    private readonly tensors: Readonly<Record<'latents' | 'sinusoids' | 'text' | 'velocity', Tensor>>,
    private readonly freqDim: number,
  ) {}

  /** Loads the weights and records a forward in f32, as the peer computes. */
  static async create(gpu: Gpu): Promise<EmbeddedForward> {
    const source = sourceFromUrl('/models/shapes/transformer/');
    const config = parseWanTransformerConfig((await readJson(source, 'config.json')) as ConfigJson);
    const weights = new WeightSet(await openCheckpoint(source, ''), 'stored');
    const model = new WanTransformer3DModel(config, weights);
    await weights.load(gpu, {});
    const recorder = new Recorder('forward');
    const ops = { recorder, capabilities: gpu.capabilities, operands: 'f32' } as const;
    const grid = model.tokenGrid(LATENT_SIZE);
    const timesteps = model.recordTimesteps(ops, 1);
    const forward = {
      latents: recorder.persistent('latents', [config.inChannels, ...LATENT_SIZE]),
      rope: recorder.persistent('rope', [elements(grid), config.attentionHeadDim / 2, 2]),
      timesteps,
      groups: recorder.persistent('groups', [1], 'u32'),
      prompt: model.recordPrompt(ops, 'prompt', recorder.persistent('prompt', [PROMPT_LENGTH, config.textDim])),
      hiddenStates: recorder.persistent('hiddenStates', [elements(grid), innerDim(config)]),
      velocity: recorder.persistent('velocity', [config.outChannels, ...LATENT_SIZE]),
      velocityIndex: 0,
    };
    model.recordForward(ops, 'forward', forward);
    const program = await Program.create(gpu, recorder.finish());
    upload(gpu, forward.rope, wanRopeTable(config, grid));
    upload(gpu, forward.groups, Uint32Array.of(0));
    const { latents, velocity, prompt } = forward;
    const tensors = { latents, velocity, sinusoids: timesteps.sinusoids, text: prompt.encoderHiddenStates };
    return new EmbeddedForward(gpu, program, weights, tensors, config.freqDim);
  }

  /** Uploads the inputs, computes everything, and reads the velocity back. */
  async run({ latents, timestep, text }: ForwardInputs): Promise<Float32Array> {
    const { gpu, program, tensors } = this;
    upload(gpu, tensors.latents, latents);
    upload(gpu, tensors.sinusoids, timestepEmbedding([timestep], this.freqDim));
    upload(gpu, tensors.text, text);
    await program.run(...program.recording.sections.keys());
    return downloadF32(gpu, tensors.velocity);
  }

  dispose(): void {
    this.program.dispose();
    this.weights.dispose(this.gpu);
  }
}
