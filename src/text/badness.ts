/**
 * Tells text that was decoded by the wrong encoding by neighbours that real text hardly has, such as a small letter with
 * an accent before a currency sign: what the heuristic of ftfy 6.3 (`ftfy.badness`, Robyn Speer) finds.
 *
 * @module
 */

import { KINDS } from './mojibake-kinds.ts';
import { SPACE, WORD } from './python-classes.ts';

const { bad, law, currency, start, end, numeric, kaomoji, common, box } = KINDS;
const { upperAccented: upper, lowerAccented: lower, upperCommon, lowerCommon } = KINDS;
const C1 = '\\u0080-\\u009f';

/** What follows what, by kind. */
const PAIRS: readonly (readonly [first: string, second: string])[] = [
  [bad, bad + law + currency + start + end + numeric + upper + lower + box],
  [law, bad + box],
  [currency, bad + start + upper + lower + box],
  [start, bad + box],
  [end, bad + currency + upper + lower + box],
  [numeric, bad + start + upper + lower + box],
  [upper, bad + law + numeric + box],
  [lower, bad + currency + upper + box],
  [lowerCommon, upper],
  [box, bad + law + currency + start + end + numeric + upper + lower + kaomoji],
];

/** The two bytes of an Arabic letter: alone they may be meant, twice they are not. */
const ARABIC = `[ØÙ][${common + currency + bad + numeric + start}ŸŠ®°µ»]`;
/** The first byte of a letter and what its second looks like, before the first byte of another. */
const between = (letters: string, more: string) =>
  `[${letters}][${C1 + bad + start + end + currency}${more}][${letters}]`;

const PATTERNS: readonly string[] = [
  `[${C1}]`,
  ...PAIRS.map(([first, second]) => `[${first}][${second}]`),
  `[a-zA-Z][${lowerCommon + upperCommon}][${bad}]`,
  `${SPACE}[${upper}][${currency}]`,
  `[a-z][${upper}][${start + currency}]`,
  `[${lower + upper + box + currency + end}][${start}][${numeric}]`,
  `[${lower + upper + currency + numeric + box + law}][${end}][${start}]`,
  `[${lower + upper}][${start + end}]${WORD}`,
  // Latin-1 and windows-1252
  '[Œœ][^A-Za-z]',
  `[${upper}]°`,
  `[ÂÃÎÐ][€œŠš¢£Ÿž\\xa0\\xad®©°·»${start + end}–—´]`,
  '×[²³]',
  ARABIC + ARABIC,
  'à[²µ¹¼½¾]',
  `[a-z]${SPACE}?[ÃÂ] `,
  '^[ÃÂ] ',
  `[a-z.,?!${end}]Â[ ${start + end}]`,
  // Mac
  '√[±∂†≠®™´≤≥¥µø]',
  '≈[°¢]',
  '‚Ä[ìîïòôúùû†°¢π]',
  '‚[âó][àä°ê]',
  // windows-1251, once or on top of others
  'вЂ',
  between('ВГРС', '°µ'),
  'ГўВЂВ[^\\n][A-Za-z ]',
  // windows-1253
  'β€[™\\xa0Ά\\xad®°]',
  between('ΒΓΞΟ', '°'),
];

const BADNESS = new RegExp(PATTERNS.join('|'), 'u');

/** Whether a text looks as if it was decoded by the wrong encoding. */
export function isBad(text: string): boolean {
  return BADNESS.test(text);
}
