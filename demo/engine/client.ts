import { proxy, type Remote, wrap } from 'comlink';
import type { Engine, EngineEvent, FinishedRun, LoadedModel, ModelChoice, RunRequest } from './protocol.ts';

/** The page's side of the worker. */
export class EngineClient {
  readonly #engine: Remote<Engine>;

  constructor() {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    this.#engine = wrap<Engine>(worker);
  }

  load(model: ModelChoice, onEvent: (event: EngineEvent) => void): Promise<LoadedModel> {
    return this.#engine.load(model, proxy(onEvent));
  }

  generate(request: RunRequest, onEvent: (event: EngineEvent) => void): Promise<FinishedRun> {
    return this.#engine.generate(request, proxy(onEvent));
  }

  /** What needs no callback goes straight across. */
  get direct(): Pick<Remote<Engine>, 'inspect' | 'plan' | 'stop' | 'compare' | 'encode' | 'release'> {
    return this.#engine;
  }
}
