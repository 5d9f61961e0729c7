import type { Branch } from '../cache/run-shape.ts';
import { OptionError } from '../errors.ts';
import { elements } from '../gpu/tensor.ts';
import { type AutoencoderKLWanConfig, spatialCompression, temporalCompression } from '../models/vae/index.ts';
import { defaultSampler } from '../samplers/index.ts';
import type { PromptTexts } from '../text/prompt.ts';
import type { EncodedPrompt, PromptTokenizer } from '../text/tokenizer.ts';
import type { ModelDefaults } from '../weights/manifest.ts';
import type { SizeRules } from './clip-size.ts';
import type { RunSettings } from './options.ts';
import type { RunGeometry } from './run-geometry.ts';
import type { GenerateOptions, PromptEmbeddings } from './types.ts';
import type { WanComponents } from './wan-components.ts';

/** Most tokens of a prompt that Wan's pipeline takes, whatever the tokenizer would. */
const MAX_TOKENS = 512;

/** Text encodings are recorded for a multiple of so many tokens, so that most prompts share a recording. */
const TOKEN_BLOCK = 32;

/** What a generation's options come to before it runs. */
export interface GeometryPlan {
  readonly geometry: RunGeometry;
  /** Of each branch whose prompt is to be encoded. */
  readonly tokens: ReadonlyMap<Branch, EncodedPrompt>;
  /** Such as a prompt that was cut. */
  readonly warnings: readonly string[];
}

/**
 * Finds the geometry of a run.
 *
 * @param texts Its prompts, cleaned. @throws {OptionError} for embeddings or latents of the wrong size.
 */
export function planGeometry(
  { text, transformer, vaeConfig }: WanComponents,
  settings: RunSettings,
  options: GenerateOptions,
  texts: PromptTexts,
): GeometryPlan {
  const tokens = new Map<Branch, EncodedPrompt>();
  const warnings: string[] = [];
  const promptLength: Partial<Record<Branch, number>> = {};
  let longest = 0;
  for (const branch of settings.branches) {
    const isCond = branch === 'cond';
    const name = isCond ? 'prompt' : 'negativePrompt';
    const given = isCond ? options.promptEmbeds : options.negativePromptEmbeds;
    if (given) {
      promptLength[branch] = checkEmbeddings(`${name}Embeds`, given, transformer.config.textDim);
    } else if (text) {
      const encoded = tokenize(text.tokenizer, name, texts[name]);
      if (encoded.warning) warnings.push(encoded.warning);
      tokens.set(branch, encoded);
      promptLength[branch] = encoded.ids.length;
      longest = Math.max(longest, Math.min(encoded.ids.length, roundUp(encoded.tokens, TOKEN_BLOCK)));
    }
  }
  const geometry: RunGeometry = {
    latentSize: latentSize(settings, vaeConfig),
    steps: settings.steps,
    stateRows: settings.sampler.stateRows,
    promptLength,
    ...(longest > 0 ? { textLength: longest } : {}),
  };
  if (options.latents) checkLatents(options.latents, vaeConfig, geometry.latentSize);
  return { geometry, tokens, warnings };
}

/** Latent frames, rows and columns of a clip. */
export function latentSize(
  { frames, height, width }: RunSettings,
  config: AutoencoderKLWanConfig,
): RunGeometry['latentSize'] {
  const scale = spatialCompression(config);
  return [1 + (frames - 1) / temporalCompression(config), height / scale, width / scale];
}

/** How many numbers a run's latents are. */
export function latentCount({ zDim }: AutoencoderKLWanConfig, size: RunGeometry['latentSize']): number {
  return zDim * elements(size);
}

/** The sizes of clips that a model can make. */
export function sizeRules({ vaeConfig, transformer }: WanComponents): SizeRules {
  const [, rows, columns] = transformer.config.patchSize;
  return { pixels: spatialCompression(vaeConfig) * Math.max(rows, columns), frames: temporalCompression(vaeConfig) };
}

/** What a run takes where neither caller nor manifest says: diffusers' `WanPipeline`'s defaults, and the model's own. */
export function wanDefaults({ scheduler, fps }: WanComponents): ModelDefaults {
  const sampler = defaultSampler(scheduler);
  return { width: 832, height: 480, frames: 81, fps, steps: 50, guidanceScale: 5, sampler };
}

/** Tokens of a prompt, and what to tell the user when it was cut. */
function tokenize(tokenizer: PromptTokenizer, name: string, prompt: string): EncodedPrompt & { warning?: string } {
  const encoded = tokenizer.encode(prompt, MAX_TOKENS);
  if (!encoded.truncated) return encoded;
  const warning = `${name} was cut: the model takes ${encoded.ids.length} tokens, and ${encoded.cut} more were given.`;
  return { ...encoded, warning };
}

function checkLatents(latents: Float32Array, config: AutoencoderKLWanConfig, size: RunGeometry['latentSize']): void {
  const count = latentCount(config, size);
  if (latents.length === count) return;
  const shape = [config.zDim, ...size].join(' x ');
  throw new OptionError(`latents holds ${latents.length} values.`, `Pass ${count}: ${shape}.`);
}

function checkEmbeddings(name: string, { values, length }: PromptEmbeddings, textDim: number): number {
  if (Number.isInteger(length) && length > 0 && values.length === length * textDim) return length;
  throw new OptionError(
    `${name} holds ${values.length} values for a length of ${length}.`,
    `Pass length x ${textDim} values, row by row.`,
  );
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
