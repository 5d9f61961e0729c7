/** What equal pictures score, where the formula has no finite value. */
const EQUAL = 99;

/**
 * Peak signal-to-noise ratio of clips, `-10 log10(mean((a - b)^2))` with values from 0 to 1, over red, green and blue of
 * all pixels of all frames at once.
 *
 * @param ours 8-bit RGBA. @param theirs As many pixels.
 * @returns dB; 99 where nothing differs.
 * @throws when the sizes differ.
 */
export function psnr(ours: Uint8Array, theirs: Uint8Array): number {
  if (ours.length !== theirs.length) throw new Error(`${ours.length} bytes against ${theirs.length}`);
  let squares = 0;
  for (let i = 0; i < ours.length; i++) {
    if (i % 4 !== 3) squares += (((ours[i] as number) - (theirs[i] as number)) / 255) ** 2;
  }
  return squares === 0 ? EQUAL : -10 * Math.log10(squares / (ours.length * 0.75));
}
