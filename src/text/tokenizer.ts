/**
 * From a prompt to token ids, as transformers' T5 tokenizers do it: pieces, end of sequence, padding.
 *
 * The work is `@huggingface/tokenizers`'; {@link applyUnigramRules} adds what it lacks. One difference to the Rust
 * library stays: it takes NFKC for a `Precompiled` normalizer, whatever character map the file carries.
 *
 * @module
 */

import { Tokenizer } from '@huggingface/tokenizers';
import { UnsupportedModelError } from '../errors.ts';
import { exists, MissingFileError, RefusedFileError, readJson, type WeightSource } from '../weights/source.ts';
import { applyUnigramRules, type UnigramModel } from './byte-fallback.ts';

/** A prompt as a text encoder takes it. */
export interface EncodedPrompt {
  /** Token ids, [length]: the prompt's, the end-of-sequence id, padding. */
  readonly ids: number[];
  /** 1 for each token, 0 for padding, [length]. */
  readonly mask: number[];
  /** Tokens without padding, end of sequence included. */
  readonly tokens: number;
  /** Whether the prompt was too long. */
  readonly truncated: boolean;
  /** Tokens of the prompt that were cut off, from its end. */
  readonly cut: number;
}

/** A loaded tokenizer. */
export interface PromptTokenizer {
  /** The most tokens that the model's own configuration allows; infinite where it does not say. */
  readonly modelMaxLength: number;
  /** Encodes to exactly min(`maxLength`, `modelMaxLength`) ids; Wan's pipeline asks for 512. */
  encode(prompt: string, maxLength?: number): EncodedPrompt;
}

/** What is read of tokenizer.json, and of tokenizer_config.json. */
interface TokenizerFile {
  readonly model?: { readonly type?: string; readonly byte_fallback?: boolean };
  readonly pre_tokenizer?: PreTokenizer | null;
}
interface PreTokenizer {
  readonly type?: string;
  readonly replacement?: string;
  readonly split?: boolean;
  readonly pretokenizers?: readonly PreTokenizer[];
}
interface TokenizerConfig {
  readonly model_max_length?: number;
  readonly pad_token?: string | { readonly content: string };
  readonly eos_token?: string | { readonly content: string };
}

/**
 * Loads `tokenizer.json` and `tokenizer_config.json`. A vocabulary of 256 000 pieces takes about a second to build and
 * 270 MB of heap: drop the tokenizer when the prompt is encoded.
 *
 * @throws UnsupportedModelError when there is only a sentencepiece file, or the tokenizer is not of T5's kind;
 * MissingFileError, SourceError, WeightsError from reading; `signal.reason` on abort.
 */
export async function loadTokenizer(
  source: WeightSource,
  folder = 'tokenizer',
  signal?: AbortSignal,
): Promise<PromptTokenizer> {
  const prefix = folder === '' ? '' : `${folder}/`;
  const file = (await readTokenizerFile(source, prefix, signal)) as TokenizerFile;
  const config = (await readJson(source, `${prefix}tokenizer_config.json`, signal)) as TokenizerConfig;
  const name = `${source.label}: ${prefix}tokenizer.json`;
  const tokenizer = build(name, file, config);
  const pad = specialId(tokenizer, config.pad_token, `${name}: pad_token`);
  const eos = specialId(tokenizer, config.eos_token, `${name}: eos_token`);
  const added = tokenizer.encode('').ids;
  if (added.length !== 1 || added[0] !== eos) {
    throw new UnsupportedModelError(
      `${name} adds the ids [${added.join(', ')}] to an empty prompt; T5’s kind adds only the end of sequence, ${eos}.`,
      'Export the tokenizer with its post_processor, or pass prompt embeddings instead.',
    );
  }
  const { model_max_length: most = Number.NaN } = config;
  const modelMaxLength = Number.isNaN(most) ? Number.POSITIVE_INFINITY : most;
  return {
    modelMaxLength,
    encode: (prompt, maxLength = 512) =>
      padOrCut(tokenizer.encode(prompt).ids, Math.min(maxLength, modelMaxLength), eos, pad),
  };
}

async function readTokenizerFile(source: WeightSource, prefix: string, signal?: AbortSignal): Promise<unknown> {
  try {
    return await readJson(source, `${prefix}tokenizer.json`, signal);
  } catch (error) {
    const mayBeMissing = error instanceof MissingFileError || error instanceof RefusedFileError;
    if (!mayBeMissing || !(await exists(source, `${prefix}spiece.model`, signal))) throw error;
    throw new UnsupportedModelError(
      `${source.label}: ${prefix} has its tokenizer as spiece.model only, which is not read.`,
      'Add a tokenizer.json: `AutoTokenizer.from_pretrained(folder).save_pretrained(folder)` in transformers writes it.',
      { cause: error },
    );
  }
}

function build(name: string, file: TokenizerFile, config: TokenizerConfig): Tokenizer {
  try {
    const tokenizer = new Tokenizer(file, config);
    if (file.model?.type === 'Unigram') {
      applyUnigramRules(tokenizer.model as unknown as UnigramModel, {
        hasByteFallback: file.model.byte_fallback ?? false,
        wordStart: splitMark(file.pre_tokenizer),
      });
    }
    return tokenizer;
  } catch (cause) {
    throw new UnsupportedModelError(
      `${name} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Export it again with a current transformers, or pass prompt embeddings instead.',
      { cause },
    );
  }
}

/** The character before which a Metaspace pre-tokenizer splits, if there is one that does. */
function splitMark(preTokenizer: PreTokenizer | null | undefined): string | undefined {
  const all = preTokenizer?.pretokenizers ?? (preTokenizer ? [preTokenizer] : []);
  const metaspace = all.find((one) => one.type === 'Metaspace' && one.split !== false);
  return metaspace && (metaspace.replacement ?? '▁');
}

function specialId(tokenizer: Tokenizer, token: TokenizerConfig['pad_token'], what: string): number {
  const content = typeof token === 'object' ? token.content : token;
  const id = content === undefined ? undefined : tokenizer.token_to_id(content);
  if (id === undefined) {
    throw new UnsupportedModelError(
      `${what} is ${JSON.stringify(content)}, which is not in the vocabulary.`,
      'Export the tokenizer again, or pass prompt embeddings instead.',
    );
  }
  return id;
}

/** Cuts the prompt so that its end of sequence stays last, as transformers does, or pads it. */
function padOrCut(ids: readonly number[], length: number, eos: number, pad: number): EncodedPrompt {
  const cut = Math.max(0, ids.length - length);
  const kept = cut > 0 ? [...ids.slice(0, length - 1), eos] : [...ids];
  const padding = length - kept.length;
  return {
    ids: [...kept, ...new Array<number>(padding).fill(pad)],
    mask: [...kept.map(() => 1), ...new Array<number>(padding).fill(0)],
    tokens: kept.length,
    truncated: cut > 0,
    cut,
  };
}
