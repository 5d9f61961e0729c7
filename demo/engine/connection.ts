import { type Remote, wrap } from 'comlink';
import type { Engine } from './protocol.ts';
import { WorkerError } from './worker-error.ts';

/** One worker, from its start to its failure. Whichever way it fails, every call to it ends. */
export class Connection {
  #engine: Remote<Engine> | undefined;
  #worker: Worker | undefined;
  #failure: WorkerError | undefined;
  #hasAnswered = false;
  readonly #failed: Promise<never>;
  #reject: (failure: WorkerError) => void = () => {};

  /**
   * @param start May throw, as browsers do that check the page's policy at once.
   * @param greet The first call.
   */
  constructor(start: () => Worker, greet: (engine: Remote<Engine>) => Promise<void>) {
    this.#failed = new Promise((_, reject) => {
      this.#reject = reject;
    });
    // A failure between two calls must not become an unhandled rejection.
    this.#failed.catch(() => {});
    try {
      const worker = start();
      this.#worker = worker;
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        this.#fail(event.message);
      });
      // An answer that cannot be read is one that does not come.
      worker.addEventListener('messageerror', () => this.#fail('what it sent could not be read'));
      this.#engine = wrap<Engine>(worker);
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
      return;
    }
    greet(this.#engine).then(
      () => {
        this.#hasAnswered = true;
      },
      (error) => this.#fail(String(error)),
    );
  }

  /** Whether it is over. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Calls the worker. @throws {WorkerError} when it fails, now or on the way; else what the call throws. */
  async call<T>(work: (engine: Remote<Engine>) => Promise<T>): Promise<T> {
    if (this.#failure || !this.#engine) throw this.#failure;
    return Promise.race([work(this.#engine), this.#failed]);
  }

  #fail(reason: string | undefined): void {
    if (this.#failure) return;
    this.#failure = new WorkerError(this.#hasAnswered, reason);
    // Whatever it still does is for nobody, and its memory on the GPU is wanted.
    this.#worker?.terminate();
    this.#reject(this.#failure);
  }
}
