/**
 * Prompts on their way to a tokenizer. Most need only their white space tidied; the code for all else, with HTML's table of
 * names, is a file of its own that comes when a prompt needs it.
 *
 * @module
 */

import { lazy } from '../lazy.ts';

/** A run's prompts. */
export interface PromptTexts {
  readonly prompt: string;
  readonly negativePrompt: string;
}

/** Text in which nothing is to be decoded or fixed: ASCII without `&` and without control characters that make no space. */
const PLAIN = /^[\t\n\f\r -%'-~]*$/;

/**
 * Cleans a run's prompts as diffusers' `WanPipeline` does with `ftfy` installed (`prompt_clean`).
 *
 * @throws {SourceError} when the code for it cannot be loaded.
 */
export async function cleanPrompts({ prompt, negativePrompt }: PromptTexts): Promise<PromptTexts> {
  return { prompt: await clean(prompt), negativePrompt: await clean(negativePrompt) };
}

/** The prompts with their white space tidied: all that {@link cleanPrompts} does where both are plain. */
export function tidyPrompts({ prompt, negativePrompt }: PromptTexts): PromptTexts {
  return { prompt: tidy(prompt), negativePrompt: tidy(negativePrompt) };
}

async function clean(prompt: string): Promise<string> {
  if (PLAIN.test(prompt)) return tidy(prompt);
  const { fixAndCleanPrompt } = await lazy('cleaning prompts', import('./clean.ts'));
  return fixAndCleanPrompt(prompt);
}

function tidy(prompt: string): string {
  return prompt.replace(/\s+/g, ' ').trim();
}
