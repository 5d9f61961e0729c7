/**
 * What diffusers' `WanPipeline` does to a prompt before its tokenizer (`prompt_clean`). It is loaded when a prompt needs it:
 * see prompt.ts.
 *
 * @module
 */

import { fixText } from './fix-text.ts';
import { SPACE } from './python-classes.ts';
import { unescapeHtml } from './unescape.ts';

const SPACES = new RegExp(`${SPACE}+`, 'g');

/** Cleans a prompt as diffusers does with `ftfy` installed, which fixes the text first. */
export function fixAndCleanPrompt(prompt: string): string {
  return cleanPrompt(fixText(prompt));
}

/** Decodes HTML's references twice, makes runs of white space one space and trims: what diffusers does without `ftfy`. */
export function cleanPrompt(prompt: string): string {
  return unescapeHtml(unescapeHtml(prompt)).replace(SPACES, ' ').replace(/^ | $/g, '');
}
