import { UnsupportedModelError } from '../../errors.ts';
import {
  type AutoencoderKLConfig,
  type AutoencoderKLDecoder,
  pixelsPerLatent,
} from '../../models/autoencoder-kl/index.ts';
import type { ConfigJson } from '../../models/config.ts';
import { DIT_SUB_LAYERS } from '../../models/dit/block.ts';
import type { DiTTransformer2DModel } from '../../models/dit/transformer.ts';
import type { LatentSize } from '../../models/latent-size.ts';
import type { OpContext } from '../../ops/context.ts';
import { defaultSampler } from '../../samplers/index.ts';
import type { ModelDefaults } from '../../weights/manifest.ts';
import type { ClipSize, SizeRules } from '../clip-size.ts';
import type { LatentDecoder, ModelFamily, RunPlan, RunRequest, RunTensors } from '../family.ts';
import type { DeclaredPart } from '../model-info.ts';
import type { RunGeometry } from '../run-geometry.ts';
import type { GenerateOptions } from '../types.ts';
import { type Classes, classOf } from './classes.ts';
import { DiTRecorded } from './recorded.ts';

/** The parts of a `DiTPipeline`, declared. */
export interface DiTComponents {
  readonly transformer: DiTTransformer2DModel;
  readonly vaeConfig: AutoencoderKLConfig;
  readonly vae: AutoencoderKLDecoder;
  readonly classes: Classes;
  /** As `schedulerConfig` gives it. */
  readonly scheduler: ConfigJson;
  readonly warnings: readonly string[];
  readonly parts: readonly DeclaredPart[];
}

/** diffusers' `DiTPipeline`: class to picture. What a run is to show is the number of a class. */
export class DiTFamily implements ModelFamily<RunGeometry, number> {
  readonly className = 'DiTPipeline';
  readonly parts: readonly DeclaredPart[];
  readonly scheduler: ConfigJson;
  readonly warnings: readonly string[];
  /** diffusers' defaults, and the size that the model was trained on. */
  readonly defaults: ModelDefaults;
  readonly sizes: SizeRules;
  readonly prompts: Classes;
  readonly blank: GenerateOptions = { prompt: '0' };
  readonly latentChannels: number;
  readonly blocks: number;
  readonly subLayers = DIT_SUB_LAYERS;
  readonly decoder: LatentDecoder;
  readonly #transformer: DiTTransformer2DModel;
  readonly #pixels: number;

  /** @throws {UnsupportedModelError} for parts that do not fit each other. */
  constructor({ transformer, vae, vaeConfig, classes, scheduler, warnings, parts }: DiTComponents) {
    const { inChannels, sampleSize, patchSize } = transformer.config;
    const { latentChannels, scalingFactor } = vaeConfig;
    if (inChannels !== latentChannels) {
      throw new UnsupportedModelError(
        `The transformer takes ${inChannels} channels, the VAE's latents have ${latentChannels}.`,
        'Use a transformer and a VAE of the same model.',
      );
    }
    const pixels = pixelsPerLatent(vaeConfig);
    const side = sampleSize * pixels;
    this.parts = parts;
    this.scheduler = scheduler;
    this.warnings = warnings;
    const sampler = defaultSampler(scheduler);
    this.defaults = { width: side, height: side, frames: 1, fps: 1, steps: 50, guidanceScale: 4, sampler };
    this.sizes = { pixels: patchSize * pixels, frames: 0, square: true };
    this.prompts = classes;
    this.latentChannels = latentChannels;
    this.blocks = transformer.blocks.length;
    this.decoder = {
      scale: Array<number>(latentChannels).fill(1 / scalingFactor),
      shift: Array<number>(latentChannels).fill(0),
      patch: 1,
      clipSize: ([frames, rows, columns]) => ({ frames, height: rows * pixels, width: columns * pixels }),
      record: (ops, latents, chunkFrames) => vae.record(ops, latents, chunkFrames),
    };
    this.#transformer = transformer;
    this.#pixels = pixels;
  }

  latentSize({ frames, height, width }: ClipSize): LatentSize {
    return [frames, height / this.#pixels, width / this.#pixels];
  }

  tokens([, rows, columns]: LatentSize): number {
    return this.#transformer.tokenSide(rows, columns) ** 2;
  }

  plan({ geometry, ...request }: RunRequest): RunPlan<RunGeometry, number> {
    return { geometry, conditions: classOf(request, this.prompts), warnings: [] };
  }

  record(ops: OpContext, geometry: RunGeometry, tensors: RunTensors): DiTRecorded {
    return new DiTRecorded(this.#transformer, ops, geometry, tensors);
  }
}
