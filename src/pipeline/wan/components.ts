import { UnsupportedModelError } from '../../errors.ts';
import { type ConfigJson, readConfig } from '../../models/config.ts';
import { parseT5Config } from '../../models/t5/config.ts';
import { T5Encoder } from '../../models/t5/encoder.ts';
import { inferT5Config } from '../../models/t5/infer-config.ts';
import { t5Names } from '../../models/t5/names.ts';
import { type AutoencoderKLWanConfig, parseAutoencoderKLWanConfig, WanDecoder } from '../../models/vae/index.ts';
import { inferAutoencoderKLWanConfig } from '../../models/vae/infer-config.ts';
import { wanVaeNames } from '../../models/vae/names.ts';
import { parseWanTransformerConfig } from '../../models/wan/config.ts';
import { inferWanTransformerConfig } from '../../models/wan/infer-config.ts';
import { wanTransformerNames } from '../../models/wan/names.ts';
import { WanTransformer3DModel } from '../../models/wan/transformer.ts';
import { schedulerConfig } from '../../samplers/index.ts';
import { loadTokenizer, type PromptTokenizer } from '../../text/tokenizer.ts';
import type { PartNames } from '../../weights/key-names.ts';
import type { DeclaredPart } from '../model-info.ts';
import { type InferConfig, partConfig } from '../part-config.ts';
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
  const open = async (name: string, names: PartNames, infer: InferConfig, kept = precision) => {
    const part = await openPart(model, index, name, { ...options, precision: kept }, names);
    return { ...part, config: await partConfig(model, name, part.checkpoint, infer, signal) };
  };
  const hasText = componentClass(index, 'text_encoder') !== undefined;
  const textClass = hasText ? expectClass(index, 'text_encoder', 'UMT5EncoderModel', 'T5EncoderModel') : undefined;
  const [schedulerFile, transformer, vae, text, tokenizer] = await Promise.all([
    readConfig(source, 'scheduler/scheduler_config.json', signal),
    open('transformer', wanTransformerNames, inferWanTransformerConfig, unpacked(options)),
    open('vae', wanVaeNames, inferAutoencoderKLWanConfig, unpacked(options)),
    hasText ? open('text_encoder', t5Names, inferT5Config) : undefined,
    hasText ? loadTokenizer(source, 'tokenizer', signal) : undefined,
  ]);
  const latents = parseAutoencoderKLWanConfig(vae.config);
  const models = {
    transformer: new WanTransformer3DModel(parseWanTransformerConfig(transformer.config), transformer.weights),
    decoder: new WanDecoder(vae.weights, latents),
    vaeConfig: latents,
    scheduler: schedulerConfig(schedulerFile, componentClass(index, 'scheduler')),
    // `expand_timesteps` is the mark of Wan 2.2's TI2V 5B, the one model of the family that was not made for 16.
    fps: index.expand_timesteps === true ? 24 : 16,
  };
  const encoder = text && new T5Encoder(parseT5Config(text.config, textClass), text.checkpoint, text.weights);
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
