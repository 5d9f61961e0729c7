/**
 * Repairs mojibake: UTF-8 that was decoded by an encoding of a byte a character. As `ftfy.fix_encoding` does it by
 * default (ftfy 6.3, Robyn Speer): with spaces that were bytes a0, sequences that lost bytes, pieces among sound text.
 *
 * @module
 */

import { isBad } from './badness.ts';
import { charactersOf, ENCODINGS, encode } from './encodings.ts';
import { decodeUtf8 } from './utf8.ts';
import { windows1252 } from './windows-1252.ts';

/** Replaces text that was decoded wrongly, once or several times over. */
export function fixEncoding(text: string): string {
  let fixed = text;
  for (let before = ''; fixed !== before; ) {
    before = fixed;
    fixed = fixOnce(fixed);
  }
  return fixed;
}

function fixOnce(text: string): string {
  if (!isBad(text)) return text;
  for (const encoding of ENCODINGS) {
    let bytes = encode(text, encoding);
    if (bytes === undefined) continue;
    // In Mac Roman a dash and a space would be taken for such a sequence.
    if (encoding.label !== 'macintosh') bytes = restoreA0(bytes);
    if (encoding.isSloppy) bytes = bytes.replace(LOSSY_UTF8, '\xef\xbf\xbd');
    const decoded = decodeUtf8(bytes);
    if (decoded !== undefined) return decoded;
  }
  const pieced = text.replace(UTF8_PIECES, (piece) => (piece.length < text.length ? fixEncoding(piece) : piece));
  if (pieced !== text) return pieced;
  // What is left of the control characters of Latin-1 was meant as windows-1252.
  return text.replace(/[\x80-\x9f]/g, (control) => String.fromCharCode(windows1252(control.charCodeAt(0))));
}

/** UTF-8 but for a space where a byte a0 was, where that makes a character that is likely. */
const ALTERED_UTF8 =
  /[\xc2\xc3\xc5\xce\xd0\xd9] |[\xe2\xe3] [\x80-\x84\x86-\x9f\xa1-\xbf]|[\xe0-\xe3][\x80-\x84\x86-\x9f\xa1-\xbf] |\xf0 [\x80-\xbf]{2}|\xf0[\x80-\xbf] [\x80-\xbf]|\xf0[\x80-\xbf]{2} /g;

/** The word `à`, whose second byte became one with the space behind it; Portuguese has contractions with it, such as `às`. */
const A_GRAVE = /\xc3 (?! |quele|quela|quilo|s )/g;

function restoreA0(bytes: string): string {
  return bytes.replace(A_GRAVE, '\xc3\xa0 ').replace(ALTERED_UTF8, (altered) => altered.replaceAll(' ', '\xa0'));
}

/** UTF-8 or CESU-8 of which bytes were lost: 1a, or one `?` in a sequence. */
const LOSSY_UTF8 = new RegExp(
  [
    '[\\xc2-\\xdf]\\x1a',
    '[\\xc2\\xc3]\\?',
    '\\xed[\\xa0-\\xaf][\\x1a?]\\xed[\\xb0-\\xbf][\\x1a?\\x80-\\xbf]',
    '\\xed[\\xa0-\\xaf][\\x1a?\\x80-\\xbf]\\xed[\\xb0-\\xbf][\\x1a?]',
    '[\\xe0-\\xef][\\x1a?][\\x1a\\x80-\\xbf]',
    '[\\xe0-\\xef][\\x1a\\x80-\\xbf][\\x1a?]',
    '[\\xf0-\\xf4][\\x1a?][\\x1a\\x80-\\xbf]{2}',
    '[\\xf0-\\xf4][\\x1a\\x80-\\xbf][\\x1a?][\\x1a\\x80-\\xbf]',
    '[\\xf0-\\xf4][\\x1a\\x80-\\xbf]{2}[\\x1a?]',
    '\\x1a',
  ].join('|'),
  'g',
);

/** Bytes after a sequence's first, as an encoding shows them; a space may have been the byte a0. */
const NEXT = charactersOf(0x80, 0xbf);
/** Of these, what also stands for itself next to mojibake. */
const PUNCTUATION = /[–—―‘’‚“”„•…]/g;

/** What looks like UTF-8 by the encodings like Latin-1, unless it goes on from something that does. */
const UTF8_PIECES = new RegExp(
  `(?<![${NEXT.replace(PUNCTUATION, '')}])(?:[${charactersOf(0xc2, 0xdf)}][${NEXT} ]|[${charactersOf(0xe0, 0xef)}][${NEXT} ]{2}|[${charactersOf(0xf0, 0xf0)}${charactersOf(0xf3, 0xf3)}][${NEXT} ]{3})+`,
  'g',
);
