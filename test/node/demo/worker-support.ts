import { expose } from 'comlink';
import { vi } from 'vitest';
import type { Engine, FinishedRun, LoadedModel } from '../../../demo/engine/protocol.ts';
import { EMBEDDED } from '../../../demo/state/embedded.ts';
import { newRun } from './runs-support.ts';

/** A promise that the test settles. */
export interface Pending<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** A promise for the test to settle. */
export function pending<T>(): Pending<T> {
  let settle: Omit<Pending<T>, 'promise'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(() => {});
  return { promise, ...(settle as Omit<Pending<T>, 'promise'>) };
}

/** Calls of a scripted worker: never answered unless the test says so. */
export class ScriptedEngine implements Engine {
  readonly loads: {
    readonly model: string;
    readonly tell: Parameters<Engine['load']>[1];
    readonly end: Pending<LoadedModel>;
  }[] = [];
  readonly runs: { readonly tell: Parameters<Engine['generate']>[1]; readonly end: Pending<FinishedRun> }[] = [];
  readonly comparisons: Pending<never>[] = [];
  readonly released: number[] = [];
  lastClip = 0;
  stops = 0;

  async begin(_: string, lastClip: number) {
    this.lastClip = lastClip;
  }

  load(model: Parameters<Engine['load']>[0], tell: Parameters<Engine['load']>[1]) {
    // One thing at a time, as the real one.
    this.loads.at(-1)?.end.reject(stopped());
    const end = pending<LoadedModel>();
    this.loads.push({ model: String(model), tell, end });
    return end.promise;
  }

  generate(_: unknown, tell: Parameters<Engine['generate']>[1]) {
    const end = pending<FinishedRun>();
    this.runs.push({ tell, end });
    return end.promise;
  }

  async stop() {
    this.stops++;
  }

  async release(clip: number) {
    this.released.push(clip);
  }

  inspect = () => new Promise<never>(() => {});
  plan = () => new Promise<never>(() => {});
  encode = () => new Promise<never>(() => {});

  compare() {
    const end = pending<never>();
    this.comparisons.push(end);
    return end.promise;
  }
}

/** A worker whose other side is a scripted engine, over a real channel. */
export class ScriptedWorker extends EventTarget {
  readonly engine = new ScriptedEngine();
  isTerminated = false;
  readonly #port: MessagePort;

  constructor() {
    super();
    const { port1, port2 } = new MessageChannel();
    expose(this.engine, port2);
    this.#port = port1;
    port1.addEventListener('message', ({ data }) => this.dispatchEvent(new MessageEvent('message', { data })));
    port1.start();
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  terminate(): void {
    this.isTerminated = true;
    this.#port.close();
  }

  /** Fails as a browser's worker does. */
  fail(type: 'error' | 'messageerror', message?: string): void {
    this.dispatchEvent(Object.assign(new Event(type), { message }));
  }
}

/** Workers that the page has started, newest last. The page's own globals are stubbed until `vi.unstubAllGlobals`. */
export function stubWorkers(): ScriptedWorker[] {
  const started: ScriptedWorker[] = [];
  vi.stubGlobal('document', { baseURI: 'https://example.org/demo/' });
  vi.stubGlobal(
    'Worker',
    class extends ScriptedWorker {
      constructor() {
        super();
        started.push(this);
      }
    },
  );
  return started;
}

/** As the worker says that a model is loaded. */
export function loadedModel(id: string): LoadedModel {
  const sizes = { pixels: 32, frames: 4 };
  return { ...EMBEDDED, info: { id, sizes, parts: [] }, gpu: {} } as unknown as LoadedModel;
}

/** As the worker ends what was stopped. */
export function stopped(): Error {
  return Object.assign(new Error('Stopped.'), { name: 'AbortError' });
}

/** A run that is done, whose clip has that number. */
export function finished(clip: number): FinishedRun {
  const { pictures, report } = newRun();
  return { clip, pictures, report };
}
