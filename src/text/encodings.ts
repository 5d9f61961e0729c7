/**
 * The encodings by which UTF-8 is often misread. Bytes are strings here, a character from 0 to ff each, so that patterns of
 * bytes are regular expressions.
 *
 * @module
 */

import { windows1252 } from './windows-1252.ts';

/** An encoding with a byte a character. */
export interface ByteEncoding {
  readonly label: string;
  /**
   * Whether it is taken as browsers do: bytes without a meaning are the Latin-1 characters with their numbers. The byte 1a
   * is then U+FFFD, which stands for what was lost.
   */
  readonly isSloppy: boolean;
  /** The byte of each character, as a character. */
  readonly bytes: ReadonlyMap<string, string>;
}

/** The bytes 80 to ff of IBM's code page 437, which `TextDecoder` does not know. */
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

/** Those that have most letters where Latin-1 has its. */
const LATIN_LIKE: readonly ByteEncoding[] = [
  encoding('latin1', false, (byte) => String.fromCharCode(byte)),
  encoding('windows-1252', true, (byte) => String.fromCharCode(windows1252(byte))),
  ...['windows-1251', 'windows-1250', 'windows-1253', 'windows-1254', 'windows-1257'].map((label) =>
    encoding(label, true, decoder(label)),
  ),
];

/** All, in the order in which they are tried. */
export const ENCODINGS: readonly ByteEncoding[] = [
  ...LATIN_LIKE,
  encoding('iso-8859-2', false, decoder('iso-8859-2')),
  encoding('macintosh', false, decoder('macintosh')),
  encoding('cp437', false, (byte) => CP437.charAt(byte - 0x80)),
];

/** The bytes of a text, or nothing where the encoding lacks one of its characters. */
export function encode(text: string, { bytes }: ByteEncoding): string | undefined {
  let encoded = '';
  for (const character of text) {
    const byte = bytes.get(character);
    if (byte === undefined) return undefined;
    encoded += byte;
  }
  return encoded;
}

/** All characters that are a byte from `first` to `last`, 80 or above, in an encoding like Latin-1. */
export function charactersOf(first: number, last: number): string {
  const characters = new Set<string>();
  for (const { bytes } of LATIN_LIKE) {
    for (const [character, byte] of bytes) {
      if (byte.charCodeAt(0) >= first && byte.charCodeAt(0) <= last) characters.add(character);
    }
  }
  return [...characters].join('');
}

/** @param high The character of a byte from 80 to ff. */
function encoding(label: string, isSloppy: boolean, high: (byte: number) => string): ByteEncoding {
  const bytes = new Map<string, string>();
  for (let byte = 0; byte < 0x100; byte++) {
    const low = isSloppy && byte === 0x1a ? '\ufffd' : String.fromCharCode(byte);
    bytes.set(byte < 0x80 ? low : high(byte), String.fromCharCode(byte));
  }
  return { label, isSloppy, bytes };
}

function decoder(label: string): (byte: number) => string {
  const decoding = new TextDecoder(label);
  return (byte) => {
    const character = decoding.decode(Uint8Array.of(byte));
    return character === '\ufffd' ? String.fromCharCode(byte) : character;
  };
}
