import type { Branch } from '../../cache/run-shape.ts';
import { OptionError } from '../../errors.ts';
import type { EncodedPrompt, PromptTokenizer } from '../../text/tokenizer.ts';
import type { RunRequest } from '../family.ts';
import type { PromptEmbeddings } from '../types.ts';
import type { WanComponents } from './components.ts';
import type { WanGeometry } from './geometry.ts';

/** Most tokens of a prompt that Wan's pipeline takes, whatever the tokenizer would. */
const MAX_TOKENS = 512;

/** Text encodings are recorded for a multiple of so many tokens, so that most prompts share a recording. */
const TOKEN_BLOCK = 32;

/** What a run is told to show: of each branch a prompt's tokens, or embeddings of the caller's. */
export type WanConditions = ReadonlyMap<Branch, EncodedPrompt | PromptEmbeddings>;

/** What prompts come to. */
export interface WanPrompts extends Pick<WanGeometry, 'promptLength' | 'textLength'> {
  readonly conditions: WanConditions;
  readonly warnings: readonly string[];
}

/** Tokens or embeddings of each branch. @throws {OptionError} for embeddings of the wrong size, or none where there is no text encoder. */
export function planPrompts(
  { text, transformer }: Pick<WanComponents, 'text' | 'transformer'>,
  { geometry: { branches }, options, texts }: RunRequest,
): WanPrompts {
  const conditions = new Map<Branch, EncodedPrompt | PromptEmbeddings>();
  const warnings: string[] = [];
  const promptLength: Partial<Record<Branch, number>> = {};
  let longest = 0;
  for (const branch of branches) {
    const name = branch === 'cond' ? 'prompt' : 'negativePrompt';
    const given = options[`${name}Embeds`];
    if (given) {
      conditions.set(branch, given);
      promptLength[branch] = checkEmbeddings(`${name}Embeds`, given, transformer.config.textDim);
      continue;
    }
    if (!text) throw new OptionError(`${name}Embeds is missing.`, 'This model has no text encoder: pass embeddings.');
    const encoded = tokenize(text.tokenizer, name, texts[name]);
    if (encoded.warning) warnings.push(encoded.warning);
    conditions.set(branch, encoded);
    promptLength[branch] = encoded.ids.length;
    longest = Math.max(longest, Math.min(encoded.ids.length, roundUp(encoded.tokens, TOKEN_BLOCK)));
  }
  return { conditions, warnings, promptLength, ...(longest > 0 ? { textLength: longest } : {}) };
}

/** Tokens of a prompt, and what to tell the user when it was cut. */
function tokenize(tokenizer: PromptTokenizer, name: string, prompt: string): EncodedPrompt & { warning?: string } {
  const encoded = tokenizer.encode(prompt, MAX_TOKENS);
  if (!encoded.truncated) return encoded;
  const warning = `${name} was cut: the model takes ${encoded.ids.length} tokens, and ${encoded.cut} more were given.`;
  return { ...encoded, warning };
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
