/**
 * What `ftfy.fix_text` does to a text by default (ftfy 6.3, Robyn Speer), written anew: references and mojibake decoded,
 * quotes straight, ligatures and full width undone, line breaks `\n`, no control characters or terminal escapes, NFC.
 *
 * @module
 */

import { fixEncoding } from './fix-encoding.ts';
import { NAMED, unescapeHtml } from './unescape.ts';

/** Texts are fixed line by line, and lines in parts of so many characters at most. */
const SEGMENT = /[^\n]{0,999999}[\s\S]/gu;

/** Fixes a text. From the first line with a `<` on, it is taken for HTML, and its references stay. */
export function fixText(text: string): string {
  let isHtml = false;
  return text.replace(SEGMENT, (segment) => {
    isHtml ||= segment.includes('<');
    return fixSegment(segment, isHtml);
  });
}

function fixSegment(segment: string, isHtml: boolean): string {
  let fixed = segment;
  for (let before = ''; fixed !== before; ) {
    before = fixed;
    fixed = fixCharacters(fixEncoding(isHtml ? fixed : decodeReferences(fixed)));
  }
  return fixed;
}

function fixCharacters(text: string): string {
  return text
    .replace(LIGATURE_OR_WIDTH, (character) => (character === 'ﬅ' ? 'ſt' : character.normalize('NFKC')))
    .replace(/[“-‟]/g, '"')
    .replace(/[ʼ‘-‛]/g, "'")
    .replace(/\r\n|[\r\u2028\u2029\x85]/g, '\n')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(TERMINAL_ESCAPE, '')
    .replace(CONTROL, '')
    .normalize('NFC');
}

/** Latin ligatures and digraphs that are one character, and what has another width. */
const LIGATURE_OR_WIDTH = /[ĲĳŉǄ-ǌǱ-ǳﬀ-ﬆ\u3000\uff01-\uffef]/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const TERMINAL_ESCAPE = /\x1b\[[\p{Nd};]*[a-zA-Z]/gu;

/** Control characters that make no space, and the invisible ones of annotations and byte orders. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\0-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/g;

/** A reference that ends in a semicolon: without one, `this&not that` would lose a word. */
const REFERENCE = /&#?[0-9A-Za-z]{1,24};/g;

function decodeReferences(text: string): string {
  return text.replace(REFERENCE, (reference) => {
    const exact = NAMED.get(reference.slice(1));
    if (exact !== undefined) return exact;
    const decoded = unescapeHtml(reference);
    if (reference[1] === '#') return decoded.includes(';') ? reference : decoded;
    // Text in capitals may have had its names capitalised with it, where that makes no other name.
    const isCapital = decoded === reference && reference === reference.toUpperCase();
    return (isCapital && NAMED.get(reference.slice(1).toLowerCase())?.toUpperCase()) || reference;
  });
}
