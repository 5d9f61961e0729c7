import type { RecordedRun } from './format.ts';

/** What is kept of a run: its pictures lie beside it. */
export interface StoredRun {
  readonly run: RecordedRun;
  readonly picture: Blob;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const NAME = 'stillframe-gallery';
const RUNS = 'runs';

/** The gallery on the user's disk, in IndexedDB. @throws where the browser keeps nothing, as in some private windows. */
export class RunStore {
  private constructor(private readonly database: IDBDatabase) {}

  static async open(): Promise<RunStore> {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(RUNS, { keyPath: 'run.key' });
    return new RunStore(await done(opening));
  }

  /** All that is kept, oldest first. */
  async all(): Promise<readonly StoredRun[]> {
    const stored = await done<StoredRun[]>(this.#runs('readonly').getAll());
    return stored.toSorted((a, b) => a.at - b.at);
  }

  /** Keeps a run, in the place of what was kept of it before. */
  async put(stored: StoredRun): Promise<void> {
    await done(this.#runs('readwrite').put(stored));
  }

  async remove(key: string): Promise<void> {
    await done(this.#runs('readwrite').delete(key));
  }

  #runs(mode: IDBTransactionMode): IDBObjectStore {
    return this.database.transaction(RUNS, mode).objectStore(RUNS);
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
