import { elements } from '../../gpu/tensor.ts';
import type { ConfigJson } from '../../models/config.ts';
import type { LatentSize } from '../../models/latent-size.ts';
import { spatialCompression, temporalCompression } from '../../models/vae/index.ts';
import { SUB_LAYERS } from '../../models/wan/block.ts';
import type { OpContext } from '../../ops/context.ts';
import { defaultSampler } from '../../samplers/index.ts';
import type { ModelDefaults } from '../../weights/manifest.ts';
import type { ClipSize, SizeRules } from '../clip-size.ts';
import type { LatentDecoder, ModelFamily, RunPlan, RunRequest, RunTensors } from '../family.ts';
import type { DeclaredPart, PromptKind } from '../model-info.ts';
import type { ModelRun } from '../model-run.ts';
import type { GenerateOptions } from '../types.ts';
import type { WanComponents } from './components.ts';
import type { WanGeometry } from './geometry.ts';
import { planPrompts, type WanConditions } from './prompts.ts';
import { WanRecorded } from './recorded.ts';

/** A run of it. */
export type WanRun = ModelRun<WanGeometry, WanConditions, WanRecorded>;

/** diffusers' `WanPipeline`: text to video. */
export class WanFamily implements ModelFamily<WanGeometry, WanConditions, WanRecorded> {
  readonly className = 'WanPipeline';
  readonly parts: readonly DeclaredPart[];
  readonly scheduler: ConfigJson;
  readonly warnings: readonly string[];
  /** diffusers' defaults, and the model's own. */
  readonly defaults: ModelDefaults;
  readonly sizes: SizeRules;
  readonly prompts: PromptKind;
  readonly latentChannels: number;
  readonly blocks: number;
  readonly subLayers = SUB_LAYERS;
  readonly decoder: LatentDecoder;

  constructor(readonly components: WanComponents) {
    const { transformer, decoder, vaeConfig, text, scheduler, fps, parts, warnings } = components;
    const [, rows, columns] = transformer.config.patchSize;
    const [pixels, frames] = [spatialCompression(vaeConfig), temporalCompression(vaeConfig)];
    const sampler = defaultSampler(scheduler);
    this.parts = parts;
    this.scheduler = scheduler;
    this.warnings = warnings;
    this.defaults = { width: 832, height: 480, frames: 81, fps, steps: 50, guidanceScale: 5, sampler };
    this.sizes = { pixels: pixels * Math.max(rows, columns), frames };
    this.prompts = { kind: text ? 'text' : 'embeddings' };
    this.latentChannels = vaeConfig.zDim;
    this.blocks = transformer.blocks.length;
    this.decoder = {
      scale: vaeConfig.latentsStd,
      shift: vaeConfig.latentsMean,
      patch: vaeConfig.patchSize,
      clipSize: ([count, high, wide]) => ({
        width: wide * pixels,
        height: high * pixels,
        frames: 1 + (count - 1) * frames,
      }),
      record: (ops, latents, chunkFrames) => decoder.record(ops, latents, chunkFrames),
    };
  }

  /** Without a text encoder: embeddings of one row. */
  get blank(): GenerateOptions {
    const { text, transformer } = this.components;
    if (text) return { prompt: '' };
    const given = { values: new Float32Array(transformer.config.textDim), length: 1 };
    return { promptEmbeds: given, negativePromptEmbeds: given };
  }

  /** @throws {OptionError} for latents that cannot be cut into patches. */
  latentSize({ frames, height, width }: ClipSize): LatentSize {
    const { vaeConfig, transformer } = this.components;
    const scale = spatialCompression(vaeConfig);
    const size: LatentSize = [1 + (frames - 1) / temporalCompression(vaeConfig), height / scale, width / scale];
    transformer.tokenGrid(size);
    return size;
  }

  tokens(size: LatentSize): number {
    return elements(this.components.transformer.tokenGrid(size));
  }

  plan(request: RunRequest): RunPlan<WanGeometry, WanConditions> {
    const { conditions, warnings, ...lengths } = planPrompts(this.components, request);
    return { geometry: { ...request.geometry, ...lengths }, conditions, warnings };
  }

  record(ops: OpContext, geometry: WanGeometry, tensors: RunTensors): WanRecorded {
    return new WanRecorded(this.components, ops, geometry, tensors);
  }

  async loadTables(signal?: AbortSignal): Promise<void> {
    await this.components.text?.encoder.loadTables(signal);
  }
}
