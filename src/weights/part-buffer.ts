/**
 * Chunks of any size in, parts of the store's size out.
 *
 * @module
 */

import type { WeightStore } from './store.ts';

/** Gathers chunks into parts, and hands each whole one (and the file's last) to the store. */
export class PartBuffer {
  #part: Uint8Array<ArrayBuffer>;
  #filled = 0;

  /**
   * @param name SHA-256 of the file.
   * @param position Offset in the file of the first byte to come: the beginning of a part.
   * @param bytes Size of the file; what comes beyond it is dropped.
   */
  constructor(
    private readonly store: WeightStore,
    private readonly name: string,
    private position: number,
    private readonly bytes: number,
  ) {
    this.#part = this.#emptyPart();
  }

  /** Takes the next bytes; waits while a part is written, so that no more than one is in memory. */
  async add(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length && this.position < this.bytes; ) {
      const piece = chunk.subarray(at, at + this.#part.length - this.#filled);
      this.#part.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled === this.#part.length) await this.#flush();
    }
  }

  async #flush(): Promise<void> {
    await this.store.writePart(this.name, Math.floor(this.position / this.store.partBytes), this.#part);
    this.position += this.#filled;
    this.#filled = 0;
    this.#part = this.#emptyPart();
  }

  #emptyPart(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(Math.min(this.store.partBytes, this.bytes - this.position));
  }
}
