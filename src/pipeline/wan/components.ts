import { UnsupportedModelError } from '../../errors.ts';
import { type ConfigJson, readConfig } from '../../models/config.ts';
import { parseT5Config } from '../../models/t5/config.ts';
import { T5Encoder } from '../../models/t5/encoder.ts';
import { type AutoencoderKLWanConfig, parseAutoencoderKLWanConfig, WanDecoder } from '../../models/vae/index.ts';
import { parseWanTransformerConfig } from '../../models/wan/config.ts';
import { WanTransformer3DModel } from '../../models/wan/transformer.ts';
import { schedulerConfig } from '../../samplers/index.ts';
import { loadTokenizer, type PromptTokenizer } from '../../text/tokenizer.ts';
import type { DeclaredPart } from '../model-info.ts';
import {
  checkParts,
  componentClass,
  expectClass,
  type OpenOptions,
  openPart,
  type PartsSource,
  unpacked,
} from '../parts.ts';

/** The parts of a `WanPipeline`, declared: their weights are known and checked, but not read. */
export interface WanComponents {
  readonly transformer: WanTransformer3DModel;
  readonly decoder: WanDecoder;
  readonly vaeConfig: AutoencoderKLWanConfig;
  /** Absent in a folder without a text encoder, which takes prompt embeddings only. */
  readonly text?: { readonly tokenizer: PromptTokenizer; readonly encoder: T5Encoder };
  /** As `schedulerConfig` gives it. */
  readonly scheduler: ConfigJson;
  /** Frames a second that the model was made for. */
  readonly fps: number;
  /** What a user should know of the folder, such as weights that no class reads. */
  readonly warnings: readonly string[];
  /** In the order of use. */
  readonly parts: readonly DeclaredPart[];
}

/**
 * Opens a folder with a `WanPipeline`: reads configurations, the tokenizer and the headers of the weights, and checks
 * them against each other.
 *
 * @param index The folder's `model_index.json`.
 * @throws {UnsupportedModelError | WeightsError | SourceError | OptionError}
 */
export async function openWanComponents(
  model: PartsSource,
  index: ConfigJson,
  options: OpenOptions,
): Promise<WanComponents> {
  const { source } = model;
  const { precision, signal } = options;
  expectClass(index, 'transformer', 'WanTransformer3DModel');
  expectClass(index, 'vae', 'AutoencoderKLWan');
  if (componentClass(index, 'transformer_2')) {
    throw new UnsupportedModelError(
      `${source.label} has a second transformer (transformer_2), which is not built.`,
      'Use a pipeline with one transformer, such as Wan2.1-T2V-1.3B.',
    );
  }
  const config = (path: string) => readConfig(source, path, signal);
  const open = (name: string, kept = precision) => openPart(model, index, name, { ...options, precision: kept });
  const hasText = componentClass(index, 'text_encoder') !== undefined;
  const textClass = hasText ? expectClass(index, 'text_encoder', 'UMT5EncoderModel', 'T5EncoderModel') : undefined;
  const [transformerConfig, vaeConfig, schedulerFile, textConfig, transformer, vae, text, tokenizer] =
    await Promise.all([
      config('transformer/config.json'),
      config('vae/config.json'),
      config('scheduler/scheduler_config.json'),
      hasText ? config('text_encoder/config.json') : undefined,
      open('transformer', unpacked(options)),
      open('vae', unpacked(options)),
      hasText ? open('text_encoder') : undefined,
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
  const warnings = checkParts(model, parts, options);
  checkFit(source.label, models, encoder);
  return { ...models, ...(encoder && tokenizer ? { text: { tokenizer, encoder } } : {}), warnings, parts };
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
