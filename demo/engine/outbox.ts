import { transfer } from 'comlink';
import type { Preview, Progress } from 'stillframe';
import type { EngineEvent } from './protocol.ts';

/** A download tells of every chunk; nobody sees more than this, in milliseconds between two. */
const PROGRESS_INTERVAL = 50;

/** Sends a run's events to the page, in order and not too many. */
export class Outbox {
  readonly #underway = new Set<Promise<unknown>>();
  #lastProgress = { at: 0, phase: '' };
  #isClosed = false;

  /** @param deliver The page's callback; a promise that it returns is settled once the page has taken the event in. */
  constructor(private readonly deliver: (event: EngineEvent) => unknown) {}

  /** Sends an event. */
  send(event: EngineEvent): void {
    if (this.#isClosed) return;
    this.#track(this.deliver(event));
  }

  /** Sends the first and the last word on each phase, and what lies between at intervals. */
  sendProgress(progress: Progress): void {
    const { at, phase } = this.#lastProgress;
    const now = performance.now();
    const isBetween = progress.phase === phase && progress.loaded < progress.total;
    if (isBetween && now - at < PROGRESS_INTERVAL) return;
    this.#lastProgress = { at: now, phase: progress.phase };
    this.send({ kind: 'progress', progress });
  }

  /** Makes a picture of a preview, and hands it over. */
  sendPreview({ step, width, height, rgba }: Preview): void {
    if (this.#isClosed) return;
    const sent = createImageBitmap(new ImageData(rgba, width, height)).then((picture) =>
      this.deliver(transfer({ kind: 'preview', step, picture }, [picture])),
    );
    this.#track(sent);
  }

  /**
   * Waits until the page has taken everything in: what is returned next comes by another way, and could overtake it. What
   * an aborted run still says, such as of kernels that go on compiling, is dropped.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#underway);
  }

  #track(sent: unknown): void {
    const settled = Promise.resolve(sent)
      // What the page makes of an event is no concern of the run.
      .catch(() => {})
      .finally(() => this.#underway.delete(settled));
    this.#underway.add(settled);
  }
}
