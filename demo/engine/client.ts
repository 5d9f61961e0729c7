import { proxy, type Remote, wrap } from 'comlink';
import type { Engine, EngineEvent, FinishedRun, LoadedModel, ModelChoice, RunRequest } from './protocol.ts';

/** The page's side of the worker. */
export class EngineClient {
  readonly #engine: Remote<Engine>;
  /** Rejects when the worker cannot run: its calls would wait for ever. */
  readonly #failed: Promise<never>;

  constructor() {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    this.#failed = new Promise((_, reject) => {
      worker.addEventListener('error', ({ message }) => reject(new Error(brokenWorker(message))));
    });
    // A failure before the first call must not become an unhandled rejection.
    this.#failed.catch(() => {});
    this.#engine = wrap<Engine>(worker);
    void this.#engine.begin(document.baseURI);
  }

  load(model: ModelChoice, onEvent: (event: EngineEvent) => void): Promise<LoadedModel> {
    return Promise.race([this.#engine.load(model, proxy(onEvent)), this.#failed]);
  }

  generate(request: RunRequest, onEvent: (event: EngineEvent) => void): Promise<FinishedRun> {
    return Promise.race([this.#engine.generate(request, proxy(onEvent)), this.#failed]);
  }

  /** What needs no callback goes straight across. */
  get direct(): Pick<Remote<Engine>, 'inspect' | 'plan' | 'stop' | 'compare' | 'encode' | 'release'> {
    return this.#engine;
  }
}

function brokenWorker(message: string | undefined): string {
  return `The page's worker failed${message ? `: ${message}` : ' to load'}. Reload the page.`;
}
