/** A hostile count must not fill the memory: a vocabulary of 256,384 pieces takes 10 MB. */
export const MAX_HEADER_BYTES = 100_000_000;

/** Thrown where more bytes are needed than are there yet. */
export class MoreNeeded extends Error {}

/** Reads a header's little-endian values one after the other. */
export class Cursor {
  #at = 0;
  readonly #view: DataView;

  /** @param bytes The file's first. */
  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes read so far. */
  get at(): number {
    return this.#at;
  }

  u32(): number {
    return this.#view.getUint32(this.take(4), true);
  }

  /** @throws RangeError beyond 2^53 - 1. */
  u64(): number {
    const value = Number(this.#view.getBigUint64(this.take(8), true));
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is beyond 2^53 - 1`);
    return value;
  }

  /** A number of `bytes` bytes. */
  number(bytes: number, kind: 'unsigned' | 'signed' | 'float'): number {
    const at = this.take(bytes);
    const view = this.#view;
    if (kind === 'float') return bytes === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true);
    const value =
      bytes === 1
        ? view.getUint8(at)
        : bytes === 2
          ? view.getUint16(at, true)
          : bytes === 4
            ? view.getUint32(at, true)
            : Number(view.getBigUint64(at, true));
    const bits = 2 ** (8 * bytes);
    return kind === 'signed' && value >= bits / 2 ? value - bits : value;
  }

  /** A string behind its length, in UTF-8. */
  string(): string {
    const length = this.u64();
    const at = this.take(length);
    return new TextDecoder().decode(this.bytes.subarray(at, at + length));
  }

  /** Passes over bytes. @returns where they begin. @throws MoreNeeded; RangeError for more than a header may have. */
  take(bytes: number): number {
    const at = this.#at;
    if (at + bytes > MAX_HEADER_BYTES)
      throw new RangeError(`${bytes} bytes are more than the ${MAX_HEADER_BYTES} of a header`);
    if (at + bytes > this.bytes.length) throw new MoreNeeded();
    this.#at += bytes;
    return at;
  }
}
