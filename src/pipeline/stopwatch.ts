import type { Report } from '../report.ts';

type Timed = keyof Report['seconds'];

/** Wall-clock seconds by phase. */
export class Stopwatch {
  readonly #seconds: Record<Timed, number>;

  constructor(start: Partial<Record<Timed, number>> = {}) {
    this.#seconds = { load: 0, compile: 0, text: 0, denoise: 0, decode: 0, ...start };
  }

  /** So far. */
  get seconds(): Readonly<Record<Timed, number>> {
    return { ...this.#seconds };
  }

  /** A stopwatch that goes on from here. */
  copy(): Stopwatch {
    return new Stopwatch(this.#seconds);
  }

  /** Adds the time that `work` takes to a phase. */
  async time<T>(phase: Timed, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#seconds[phase] += (performance.now() - start) / 1000;
    }
  }
}
