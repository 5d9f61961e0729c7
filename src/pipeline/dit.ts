/**
 * diffusers' `DiTPipeline`: the module that a build keeps apart, with all that only this class needs.
 *
 * @module
 */
import { AutoencoderKLDecoder, parseAutoencoderKLConfig } from '../models/autoencoder-kl/index.ts';
import { type ConfigJson, readConfig } from '../models/config.ts';
import { parseDiTTransformer2DConfig } from '../models/dit/config.ts';
import { DiTTransformer2DModel } from '../models/dit/transformer.ts';
import { schedulerConfig } from '../samplers/index.ts';
import { DiffusionPipeline } from './diffusion-pipeline.ts';
import { readClasses } from './dit/classes.ts';
import { DiTFamily } from './dit/family.ts';
import type { ModelPipeline, PipelineSource } from './model-pipeline.ts';
import {
  checkParts,
  componentClass,
  expectClass,
  type OpenOptions,
  openPart,
  type PartsSource,
  unpacked,
} from './parts.ts';

/** Opens a folder with a `DiTPipeline`. @throws {UnsupportedModelError | WeightsError | SourceError | OptionError} */
export async function openFamily(model: PartsSource, index: ConfigJson, options: OpenOptions): Promise<DiTFamily> {
  // Checkpoints of before 2024 have the name that the class had then.
  expectClass(index, 'transformer', 'DiTTransformer2DModel', 'Transformer2DModel');
  expectClass(index, 'vae', 'AutoencoderKL');
  const config = (path: string) => readConfig(model.source, path, options.signal);
  const open = (name: string) => openPart(model, index, name, { ...options, precision: unpacked(options) });
  const [transformerFile, vaeFile, schedulerFile, transformerPart, vaePart] = await Promise.all([
    config('transformer/config.json'),
    config('vae/config.json'),
    config('scheduler/scheduler_config.json'),
    open('transformer'),
    open('vae'),
  ]);
  const transformer = new DiTTransformer2DModel(parseDiTTransformer2DConfig(transformerFile), transformerPart.weights);
  const vaeConfig = parseAutoencoderKLConfig(vaeFile);
  const vae = new AutoencoderKLDecoder(vaePart.weights, vaeConfig);
  const parts = [transformerPart, vaePart];
  const warnings = checkParts(model, parts, options);
  const classes = readClasses(index, transformer.config.numEmbedsAdaNorm);
  const scheduler = schedulerConfig(schedulerFile, componentClass(index, 'scheduler'));
  return new DiTFamily({ transformer, vae, vaeConfig, classes, scheduler, warnings, parts });
}

/** The same, to make pictures with. */
export async function openPipeline(source: PipelineSource): Promise<ModelPipeline> {
  const { gpu, model, index, operands } = source;
  const family = await openFamily(model, index, { ...source, capabilities: gpu.capabilities });
  return new DiffusionPipeline(gpu, model, family, operands);
}
