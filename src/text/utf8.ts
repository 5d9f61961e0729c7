/**
 * UTF-8 from bytes that are characters from 0 to ff, with what Java and CESU-8 write for it: a zero in two bytes, and six for
 * a character that has two units in UTF-16. As in ftfy, a line's end stands for a missing last byte.
 *
 * @module
 */

const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const LONG_ZERO = /\xc0(?:\x80|\n$)/g;
const SURROGATES = /\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf](?:[\x80-\xbf]|\n$)/g;

/** The text, or nothing where the bytes are not UTF-8. */
export function decodeUtf8(bytes: string): string | undefined {
  const standard = bytes.replace(LONG_ZERO, '\0').replace(SURROGATES, joinSurrogates);
  try {
    return DECODER.decode(Uint8Array.from(standard, (byte) => byte.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/** The four bytes of the character that two surrogates of three bytes each stand for. */
function joinSurrogates(six: string): string {
  const bits = (i: number) => six.charCodeAt(i) & 0x3f;
  // The first surrogate's lead, a0 to af, carries four bits, and so does the second's, b0 to bf.
  const codePoint = 0x10000 + ((bits(1) & 0xf) << 16) + (bits(2) << 10) + ((bits(4) & 0xf) << 6) + bits(5);
  return [0xf0 | (codePoint >> 18), ...[12, 6, 0].map((shift) => 0x80 | ((codePoint >> shift) & 0x3f))]
    .map((byte) => String.fromCharCode(byte))
    .join('');
}
