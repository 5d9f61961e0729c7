import type { ScaleShift } from './action.ts';

/** Bytes of a number in a packed line. */
const BYTES = 4;

/**
 * Lines of channels as text, for artifacts: f32 in base64, each line's scales, then its shifts. Scales are kept as what they
 * are more than 1.
 */
export function packLines(lines: readonly ScaleShift[]): string {
  const numbers = lines.flatMap(({ scale, shift }) => [
    ...Array.from(scale, (value) => value - 1),
    ...Array.from(shift),
  ]);
  const view = new DataView(new ArrayBuffer(BYTES * numbers.length));
  for (const [i, value] of numbers.entries()) view.setFloat32(BYTES * i, value, true);
  let binary = '';
  for (const byte of new Uint8Array(view.buffer)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The lines of such a text; undefined where it is none of so many lines. */
export function unpackLines(text: string, count: number): ScaleShift[] | undefined {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return undefined;
  }
  const channels = count === 0 ? 0 : binary.length / (2 * BYTES * count);
  if (!Number.isInteger(channels)) return undefined;
  const view = new DataView(Uint8Array.from(binary, (char) => char.charCodeAt(0)).buffer);
  const numbers = (first: number) =>
    Float32Array.from({ length: channels }, (_, i) => view.getFloat32(BYTES * (first + i), true));
  return Array.from({ length: count }, (_, line) => ({
    scale: numbers(2 * channels * line).map((value) => value + 1),
    shift: numbers(2 * channels * line + channels),
  }));
}
