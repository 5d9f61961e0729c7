/**
 * What the bytes 80 to 9f are in windows-1252, where Latin-1 has control characters; the five without a meaning stay control
 * characters. HTML reads numbers of references by it, and Node 20's `TextDecoder` takes it for Latin-1.
 */
const ROW = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** The character of windows-1252 with the number of a Latin-1 character, both given as code points. */
export function windows1252(codePoint: number): number {
  return codePoint >= 0x80 && codePoint <= 0x9f ? ROW.charCodeAt(codePoint - 0x80) : codePoint;
}
