/**
 * The files that a manifest lists, held to it: every whole read is hashed, and for files from the network the bytes go
 * through the store, so that the next read needs no network and an interrupted one resumes.
 *
 * @module
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { IntegrityError } from '../errors.ts';
import type { ManifestFile } from './manifest.ts';
import { PartBuffer } from './part-buffer.ts';
import { streamRanges } from './read.ts';
import type { ByteRange, OpenedFile, Origin, WeightSource } from './source-types.ts';
import { noStore, type WeightStore } from './store.ts';
import { streamOf } from './streams.ts';

/** A {@link WeightSource} with the manifest's word on its files. */
export interface CheckedSource extends WeightSource {
  /** The manifest's entry of a file, if it has one. */
  expected(path: string): ManifestFile | undefined;
}

/**
 * Puts manifest and store before a source. A read of a whole listed file errors at its end with IntegrityError when
 * length or SHA-256 differ, and the store forgets it. Ranges of a listed file come from the store once all of it was
 * verified, before that from the source, unchecked: they are checked when the whole is read. Other files pass through.
 *
 * @param files The manifest's entries, paths as `source` has them.
 * @param store Used for sources from the network only: a disk's files are at hand already.
 */
export function checkedSource(
  source: WeightSource,
  files: readonly ManifestFile[],
  store: WeightStore = noStore,
): CheckedSource {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const parts = source.origin === 'network' ? store : noStore;
  return {
    label: source.label,
    origin: source.origin,
    expected: (path) => byPath.get(path),
    ...(source.list && { list: source.list.bind(source) }),
    async open(path, range, signal) {
      const file = byPath.get(path);
      if (!file) return source.open(path, range, signal);
      const start = range?.start ?? 0;
      const end = Math.min(range?.end ?? file.bytes, file.bytes);
      const read = new FileRead(source, parts, file, signal);
      if (start === 0 && end === file.bytes) return read.opened(0, read.verifiedWhole());
      return (await parts.isVerified(file.sha256))
        ? read.opened(start, read.keptRange(start, end))
        : source.open(path, range, signal);
    },
  };
}

/** One read of one listed file. */
class FileRead {
  #origin: Origin;

  constructor(
    private readonly source: WeightSource,
    private readonly store: WeightStore,
    private readonly file: ManifestFile,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.#origin = source.origin;
  }

  opened(start: number, chunks: AsyncGenerator<Uint8Array>): OpenedFile {
    const origin = () => this.#origin;
    return {
      stream: streamOf(chunks),
      start,
      totalBytes: this.file.bytes,
      get origin() {
        return origin();
      },
    };
  }

  /** All bytes, hashed; what the network brings is kept part by part, the verified mark comes last. */
  async *verifiedWhole(): AsyncGenerator<Uint8Array, void, undefined> {
    const { bytes, sha256: expected } = this.file;
    const hash = sha256.create();
    let length = 0;
    for await (const chunk of this.#keptThenFetched()) {
      hash.update(chunk);
      length += chunk.length;
      if (length > bytes) break; // wrong already: an endless answer must not be read to its end
      yield chunk;
    }
    const actual = bytesToHex(hash.digest());
    if (length === bytes && actual === expected) return this.store.markVerified(expected);
    await this.store.remove(expected, Math.ceil(bytes / this.store.partBytes));
    throw new IntegrityError(
      length === bytes
        ? `${this.#name} has SHA-256 ${actual}, but the manifest says ${expected}.`
        : `${this.#name} has ${length > bytes ? 'more than ' : ''}${Math.min(length, bytes)} bytes, but the manifest says ${bytes}.`,
      'What was kept of it is deleted: load again; if it stays so, the file or the manifest is not the right one.',
    );
  }

  async *#keptThenFetched(): AsyncGenerator<Uint8Array, void, undefined> {
    const { bytes, sha256: name } = this.file;
    let position = 0;
    for await (const part of this.#keptParts(0)) {
      yield part;
      position += part.length;
    }
    if (position >= bytes && position > 0) return;
    // Kept parts are whole, so the network goes on at a part's beginning.
    const filling = this.store === noStore ? undefined : new PartBuffer(this.store, name, position, bytes);
    for await (const chunk of this.#fetched({ start: position })) {
      await filling?.add(chunk);
      yield chunk;
    }
  }

  /** A range of a verified file; should the browser have dropped a part meanwhile, the source gives the rest. */
  async *keptRange(start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
    const size = this.store.partBytes;
    let position = start;
    for await (const part of this.#keptParts(Math.floor(start / size))) {
      const offset = position % size;
      const piece = part.subarray(offset, offset + end - position);
      yield piece;
      position += piece.length;
      if (position >= end) return;
    }
    yield* this.#fetched({ start: position, end });
  }

  /** Parts from `first` on, until one is missing or not of the length it must have. */
  async *#keptParts(first: number): AsyncGenerator<Uint8Array, void, undefined> {
    const { bytes, sha256: name } = this.file;
    const size = this.store.partBytes;
    for (let index = first; index * size < bytes; index++) {
      this.signal?.throwIfAborted();
      const part = await this.store.readPart(name, index);
      if (part?.length !== Math.min(size, bytes - index * size)) return;
      this.#origin = 'store';
      yield part;
    }
  }

  async *#fetched(range: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of streamRanges(this.source, this.file.path, [range], this.signal)) {
      this.#origin = piece.opened.origin;
      yield piece.bytes;
    }
  }

  get #name(): string {
    return `${this.source.label}: ${this.file.path}`;
  }
}
