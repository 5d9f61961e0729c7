import { UnsupportedModelError } from '../errors.ts';
import type { Capabilities } from '../gpu/capabilities.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { type ConfigJson, readConfig } from '../models/config.ts';
import { parseT5Config } from '../models/t5/config.ts';
import { T5Encoder } from '../models/t5/encoder.ts';
import { type AutoencoderKLWanConfig, parseAutoencoderKLWanConfig, WanDecoder } from '../models/vae/index.ts';
import { parseWanTransformerConfig } from '../models/wan/config.ts';
import { WanTransformer3DModel } from '../models/wan/transformer.ts';
import { schedulerConfig } from '../samplers/index.ts';
import { loadTokenizer, type PromptTokenizer } from '../text/tokenizer.ts';
import { openCheckpoint } from '../weights/checkpoint.ts';
import type { WeightStore } from '../weights/store.ts';
import { type WeightPrecision, WeightSet } from '../weights/weight-set.ts';
import type { DeclaredPart } from './model-info.ts';
import type { ResolvedModel } from './resolve.ts';
import type { Progress } from './types.ts';
import { checkFound } from './variant.ts';

/** The parts of a `WanPipeline`, declared: their weights are known and checked, but not read. */
export interface WanComponents {
  readonly transformer: WanTransformer3DModel;
  readonly decoder: WanDecoder;
  readonly vaeConfig: AutoencoderKLWanConfig;
  /** Absent in a folder without a text encoder, which takes prompt embeddings only. */
  readonly text?: { readonly tokenizer: PromptTokenizer; readonly encoder: T5Encoder };
  /** `scheduler_config.json`: read when a run takes a sampler from it, since one that a caller names may run where it cannot. */
  readonly scheduler: ConfigJson;
  /** Frames a second that the model was made for. */
  readonly fps: number;
  /** What a user should know of the folder, such as weights that no class reads. */
  readonly warnings: readonly string[];
  /** Each part's weights, in the order of use. */
  readonly weights: readonly WeightSet[];
  /** The same parts by their names in `model_index.json`. */
  readonly parts: readonly DeclaredPart[];
}

/** How components are opened. */
export interface OpenOptions {
  readonly precision: WeightPrecision;
  readonly capabilities: Capabilities;
  readonly store?: WeightStore | undefined;
  /** As `LoadOptions` has it. */
  readonly variant?: string | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a folder with a `WanPipeline`: reads configurations, the tokenizer and the headers of the weights, and checks
 * them against each other.
 *
 * @param index The folder's `model_index.json`.
 * @throws {UnsupportedModelError | WeightsError | SourceError | OptionError}
 */
export async function openWanComponents(
  { source, files }: ResolvedModel,
  index: ConfigJson,
  { precision, capabilities, store, variant, onWarning, signal }: OpenOptions,
): Promise<WanComponents> {
  expectClass(index, 'transformer', 'WanTransformer3DModel');
  expectClass(index, 'vae', 'AutoencoderKLWan');
  if (componentClass(index, 'transformer_2')) {
    throw new UnsupportedModelError(
      `${source.label} has a second transformer (transformer_2), which is not built.`,
      'Use a pipeline with one transformer, such as Wan2.1-T2V-1.3B.',
    );
  }
  const config = (path: string) => readConfig(source, path, signal);
  // On CPU drivers kernels spend a fifth to a quarter of their time unpacking f16.
  const unpacked = capabilities.software && precision === 'stored' ? 'f32' : precision;
  const open = async (name: string, kept: WeightPrecision) => {
    const checkpoint = await openCheckpoint(source, name, { files, store, variant, signal });
    return { name, className: componentClass(index, name) ?? '', checkpoint, weights: new WeightSet(checkpoint, kept) };
  };
  const hasText = componentClass(index, 'text_encoder') !== undefined;
  const textClass = hasText ? expectClass(index, 'text_encoder', 'UMT5EncoderModel', 'T5EncoderModel') : undefined;
  const [transformerConfig, vaeConfig, schedulerFile, textConfig, transformer, vae, text, tokenizer] =
    await Promise.all([
      config('transformer/config.json'),
      config('vae/config.json'),
      config('scheduler/scheduler_config.json'),
      hasText ? config('text_encoder/config.json') : undefined,
      open('transformer', unpacked),
      open('vae', unpacked),
      hasText ? open('text_encoder', precision) : undefined,
      hasText ? loadTokenizer(source, 'tokenizer', signal) : undefined,
    ]);
  const latents = parseAutoencoderKLWanConfig(vaeConfig);
  const models = {
    transformer: new WanTransformer3DModel(parseWanTransformerConfig(transformerConfig), transformer.weights),
    decoder: new WanDecoder(vae.weights, latents),
    vaeConfig: latents,
    scheduler: schedulerConfig(schedulerFile, componentClass(index, 'scheduler')),
    // `expand_timesteps` is the mark of Wan 2.2's TI2V 5B, the one model of the family that was not made for 16.
    fps: index.expand_timesteps === true ? 24 : 16,
  };
  const encoder =
    text && textConfig && new T5Encoder(parseT5Config(textConfig, textClass), text.checkpoint, text.weights);
  const parts = [...(text ? [text] : []), transformer, vae];
  if (variant !== undefined) checkFound(source.label, variant, parts, onWarning);
  const weights = parts.map((part) => part.weights);
  for (const set of weights) set.check();
  checkFit(source.label, models, encoder);
  const warnings = weights.flatMap((set) => set.warnings);
  return { ...models, ...(encoder && tokenizer ? { text: { tokenizer, encoder } } : {}), warnings, weights, parts };
}

/** GPU bytes of all weights. */
export function weightsBytes({ weights }: Pick<WanComponents, 'weights'>): number {
  return weights.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Reads all weights, one part after the other. @throws as `WeightSet.load`. */
export async function loadWeights(
  gpu: Gpu,
  { weights, text }: WanComponents,
  signal?: AbortSignal,
  onProgress?: (progress: Progress) => void,
): Promise<void> {
  const sets = weights.map((set) => ({ set, loaded: 0, total: set.storedBytes }));
  const sum = (key: 'loaded' | 'total') => sets.reduce((bytes, other) => bytes + other[key], 0);
  for (const entry of sets) {
    await entry.set.load(gpu, {
      signal,
      onBytes(loaded, total, from) {
        Object.assign(entry, { loaded, total });
        onProgress?.({ phase: 'download', loaded: sum('loaded'), total: sum('total'), from });
      },
    });
  }
  await text?.encoder.loadTables(signal);
}

/** A component's class in `model_index.json`: `["diffusers", "WanTransformer3DModel"]`, `[null, null]` for none. */
function componentClass(index: ConfigJson, name: string): string | undefined {
  const entry = index[name];
  return Array.isArray(entry) && typeof entry[1] === 'string' ? entry[1] : undefined;
}

/** A component's class, which must be one of these. */
function expectClass<T extends string>(index: ConfigJson, name: string, ...classes: readonly T[]): T {
  const found = componentClass(index, name);
  const built = classes.find((one) => one === found);
  if (built) return built;
  throw new UnsupportedModelError(
    `model_index.json names ${found ?? 'no class'} as ${name}; supported: ${classes.join(', ')}.`,
    'Use a folder of the Wan family in diffusers layout.',
  );
}

function checkFit(
  label: string,
  { transformer, vaeConfig }: Pick<WanComponents, 'transformer' | 'vaeConfig'>,
  encoder: T5Encoder | undefined,
): void {
  const { inChannels, outChannels, textDim } = transformer.config;
  const { zDim } = vaeConfig;
  if (inChannels !== zDim || outChannels !== zDim) {
    throw new UnsupportedModelError(
      `${label}: the transformer maps ${inChannels} channels to ${outChannels}, the VAE's latents have ${zDim}.`,
      'Use a transformer and a VAE of the same text-to-video model.',
    );
  }
  if (encoder && encoder.config.dModel !== textDim) {
    throw new UnsupportedModelError(
      `${label}: the text encoder is ${encoder.config.dModel} wide, the transformer takes ${textDim}.`,
      'Use a text encoder and a transformer of the same model.',
    );
  }
}
