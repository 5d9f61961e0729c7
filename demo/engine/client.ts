import { proxy } from 'comlink';
import type { ClipComparison, MemoryPlan, ModelInfo } from 'stillframe';
import { Connection } from './connection.ts';
import type { EngineEvent, FinishedRun, LoadedModel, ModelChoice, RunRequest } from './protocol.ts';

/** The page's side of the worker. Every call rejects with a `WorkerError` once the worker has failed. */
export class EngineClient {
  readonly #start: () => Worker;
  #connection: Connection;
  /** Of all workers so far: a number means the same clip for ever. */
  #lastClip = 0;

  constructor(start: () => Worker = startWorker) {
    this.#start = start;
    this.#connection = this.#connect();
  }

  /** Loads a model, in a new worker where the one before has failed. */
  load(model: ModelChoice, onEvent: (event: EngineEvent) => void): Promise<LoadedModel> {
    if (this.#connection.hasFailed) this.#connection = this.#connect();
    return this.#connection.call((engine) => engine.load(model, proxy(onEvent)));
  }

  async generate(request: RunRequest, onEvent: (event: EngineEvent) => void): Promise<FinishedRun> {
    const run = await this.#connection.call((engine) => engine.generate(request, proxy(onEvent)));
    this.#lastClip = Math.max(this.#lastClip, run.clip);
    return run;
  }

  inspect(model: ModelChoice): Promise<ModelInfo> {
    return this.#connection.call((engine) => engine.inspect(model));
  }

  plan(request: RunRequest): Promise<MemoryPlan> {
    return this.#connection.call((engine) => engine.plan(request));
  }

  compare(clip: number, baseline: number): Promise<ClipComparison> {
    return this.#connection.call((engine) => engine.compare(clip, baseline));
  }

  encode(clip: number): Promise<Blob> {
    return this.#connection.call((engine) => engine.encode(clip));
  }

  stop(): Promise<void> {
    return this.#connection.call((engine) => engine.stop());
  }

  release(clip: number): Promise<void> {
    return this.#connection.call((engine) => engine.release(clip));
  }

  #connect(): Connection {
    return new Connection(this.#start, (engine) => engine.begin(document.baseURI, this.#lastClip));
  }
}

function startWorker(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
}
