/**
 * A store for downloaded bytes, so that a model is fetched once and an interrupted download resumes.
 *
 * A file is named by its SHA-256, so a moved file is still found and a changed one never mistaken. It is kept in parts
 * of equal size (the last may be shorter), and is marked verified once the hash of all of it was right.
 *
 * @module
 */

import { causeMessage } from '../errors.ts';
import { type KnownKeys, refuseUnknown } from '../known-keys.ts';

/** Keeps bytes by content. No method rejects: what fails is a miss, and a warning. */
export interface WeightStore {
  /** Bytes of each part but the last. */
  readonly partBytes: number;
  /** Whether all of the file is here and its hash was right. */
  isVerified(sha256: string): Promise<boolean>;
  /** Part `index` of the file, if kept. */
  readPart(sha256: string, index: number): Promise<Uint8Array | undefined>;
  /** Keeps part `index` of the file. */
  writePart(sha256: string, index: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Says that the hash of all parts was right. */
  markVerified(sha256: string): Promise<void>;
  /** Forgets the file's mark and its parts 0 to `parts` - 1. */
  remove(sha256: string, parts: number): Promise<void>;
}

/** Options of {@link cacheStore}. */
export interface CacheStoreOptions {
  /** Name of the cache; default `stillframe-weights`. */
  readonly name?: string;
  /** Where caches live; default the page's own. */
  readonly caches?: Pick<CacheStorage, 'open'> | undefined;
  /** Told once, in a sentence, when the store cannot keep or read bytes: the load goes on without it. */
  readonly onWarning?: (message: string) => void;
  /** Bytes of a part; default 4 MiB. */
  readonly partBytes?: number;
}

const OPTIONS: KnownKeys<CacheStoreOptions> = { name: 1, caches: 1, onWarning: 1, partBytes: 1 };

/** Small enough to buffer, large enough that a part's own cost does not count. */
const PART_BYTES = 4 * 1024 * 1024;

/** A store that keeps nothing. */
export const noStore: WeightStore = {
  partBytes: PART_BYTES,
  isVerified: async () => false,
  readPart: async () => undefined,
  writePart: async () => undefined,
  markVerified: async () => undefined,
  remove: async () => undefined,
};

/**
 * A store in the browser's Cache API, shared by all pages of the origin. After a first failure it keeps nothing.
 *
 * @throws {OptionError} for an option that there is not.
 */
export function cacheStore(options: CacheStoreOptions = {}): WeightStore {
  refuseUnknown('cacheStore', options, OPTIONS);
  const { name = 'stillframe-weights', onWarning, partBytes = PART_BYTES } = options;
  const storage = 'caches' in options ? options.caches : globalThis.caches;
  let opening: Promise<Cache> | undefined;
  let hasFailed = false;

  async function attempt<T>(what: string, fallback: T, action: (cache: Cache) => Promise<T>): Promise<T> {
    if (hasFailed) return fallback;
    try {
      if (!storage) throw new Error('this page has no Cache API; it needs HTTPS or localhost');
      opening ??= storage.open(name);
      return await action(await opening);
    } catch (cause) {
      if (!hasFailed) {
        onWarning?.(`Weights are not kept for the next visit: ${what} the store failed (${causeMessage(cause)}).`);
      }
      hasFailed = true;
      return fallback;
    }
  }

  // Cache keys must be HTTP URLs; nothing is ever fetched from this one. The part size is in it, for parts of another
  // size must not be mixed.
  const keyOf = (sha256: string, part: number | 'verified') =>
    `https://stillframe.invalid/${sha256}/${partBytes}/${part}`;

  return {
    partBytes,
    isVerified: (sha256) =>
      attempt('reading from', false, async (cache) => (await cache.match(keyOf(sha256, 'verified'))) !== undefined),
    readPart: (sha256, index) =>
      attempt('reading from', undefined, async (cache) => {
        const response = await cache.match(keyOf(sha256, index));
        return response && new Uint8Array(await response.arrayBuffer());
      }),
    writePart: (sha256, index, bytes) =>
      attempt('writing to', undefined, (cache) => cache.put(keyOf(sha256, index), new Response(bytes))),
    markVerified: (sha256) =>
      attempt('writing to', undefined, (cache) => cache.put(keyOf(sha256, 'verified'), new Response('verified'))),
    remove: (sha256, parts) =>
      attempt('deleting from', undefined, async (cache) => {
        await cache.delete(keyOf(sha256, 'verified'));
        for (let part = 0; part < parts; part++) await cache.delete(keyOf(sha256, part));
      }),
  };
}
