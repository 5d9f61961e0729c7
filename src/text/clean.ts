/**
 * What happens to a prompt before its tokenizer: as in diffusers' `WanPipeline` (`prompt_clean`), HTML entities are
 * decoded twice, runs of white space become one space, and both ends are trimmed.
 *
 * There, `ftfy.fix_text` runs first where it is installed; it is not done here. Text that was decoded with the wrong
 * encoding is not repaired, curly quotes stay curly, and terminal escapes and control characters stay; ligatures and
 * full-width letters are left to the tokenizer's own normalizer, which T5 tokenizers have.
 *
 * @module
 */

/** The entities that prompts copied from web pages hold; of HTML's 2231 names the others stay as they are. */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  eacute: 'é',
  deg: '°',
  times: '×',
};

const ENTITY = /&(?:#(\d{1,7});?|#[xX]([0-9a-fA-F]{1,6});?|([a-z]+);)/g;

/** White space as Python's `str` has it: JavaScript's `\s` with the separators 1c to 1f and 85, without the BOM. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: Python counts these four as white space
const WHITE_SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/** Cleans a prompt, for models of the Wan family. */
export function cleanPrompt(prompt: string): string {
  return decodeEntities(decodeEntities(prompt)).replace(WHITE_SPACE, ' ').replace(/^ | $/g, '');
}

function decodeEntities(text: string): string {
  return text.replace(ENTITY, (entity, decimal?: string, hexadecimal?: string, name?: string) => {
    if (name !== undefined) return Object.hasOwn(NAMED, name) ? (NAMED[name] as string) : entity;
    return characterOf(decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal));
  });
}

/** A numeric entity's character; numbers that are none give U+FFFD, as HTML has it. */
function characterOf(codePoint: number): string {
  const isSurrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  return codePoint === 0 || isSurrogate || codePoint > 0x10ffff ? '\ufffd' : String.fromCodePoint(codePoint);
}
