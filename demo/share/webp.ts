/**
 * Animated WebP of single pictures, as browsers write them: the container alone is made here.
 * Layout: developers.google.com/speed/webp/docs/riff_container.
 *
 * @module
 */

/** An animation: each picture is a whole WebP file of `width` x `height` pixels. */
export interface Animation {
  readonly width: number;
  readonly height: number;
  /** Milliseconds that each picture stays. */
  readonly duration: number;
  readonly pictures: readonly Uint8Array[];
}

const ANIMATED = 0x02;

/** The file of an animation that goes on for ever. @throws {RangeError} when a picture is no WebP. */
export function animatedWebp({ width, height, duration, pictures }: Animation): Uint8Array<ArrayBuffer> {
  const header = chunk('VP8X', [[ANIMATED, 0, 0, 0], uint24(width - 1), uint24(height - 1)]);
  // Background colour, and 0 loops: no end.
  const loop = chunk('ANIM', [[0, 0, 0, 0, 0, 0]]);
  const frames = pictures.map((picture) =>
    // Not blended with the frame before, which is left as it is.
    chunk('ANMF', [
      uint24(0),
      uint24(0),
      uint24(width - 1),
      uint24(height - 1),
      uint24(duration),
      [0x02],
      ...imageOf(picture),
    ]),
  );
  return join([...chunk('RIFF', [ascii('WEBP'), ...header, ...loop, ...frames.flat()])]);
}

/** The chunks of a still picture that hold its pixels. */
function imageOf(file: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const name = (at: number) => String.fromCharCode(...file.subarray(at, at + 4));
  if (file.length < 12 || name(0) !== 'RIFF' || name(8) !== 'WEBP') throw new RangeError('A picture is no WebP file.');
  const found: Uint8Array[] = [];
  for (let at = 12; at + 8 <= file.length; ) {
    const size = view.getUint32(at + 4, true);
    const end = at + 8 + size + (size % 2);
    if (['ALPH', 'VP8 ', 'VP8L'].includes(name(at))) found.push(file.subarray(at, end));
    at = end;
  }
  if (found.length === 0) throw new RangeError('A WebP file holds no picture.');
  return found;
}

/** A chunk: its name, its size, and what is in it, filled up to an even number of bytes. */
function chunk(name: string, parts: readonly ArrayLike<number>[]): readonly ArrayLike<number>[] {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const padding = size % 2 === 0 ? [] : [[0]];
  return [ascii(name), [...uint24(size & 0xffffff), size >>> 24], ...parts, ...padding];
}

function ascii(text: string): readonly number[] {
  return [...text].map((letter) => letter.charCodeAt(0));
}

function uint24(value: number): readonly number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff];
}

function join(parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
