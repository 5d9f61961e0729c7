import type { Phase, Progress, StepEvent } from '../src/pipeline/types.ts';

/** What the `loaded` and `total` of a phase count. */
const UNITS: Readonly<Record<Phase, string>> = {
  download: 'MB',
  compile: 'kernels',
  text: 'prompts',
  denoise: 'steps',
  decode: 'latent frames',
};

/** Milliseconds between lines where there is no terminal: a log of a long run stays readable. */
const LINE_INTERVAL = 5000;

/** Shows progress on stderr: one line that changes on a terminal, else a line for each phase and now and then one more. */
export class ProgressLine {
  readonly #isTerminal = process.stderr.isTTY === true;
  /** Phases overlap: kernels compile while weights load. */
  readonly #seen = new Set<Phase>();
  #lastLine = 0;
  #stepSeconds: number | undefined;

  /** Notes how long a step took, for the rest of the phase. */
  step({ seconds }: StepEvent): void {
    this.#stepSeconds = seconds;
  }

  show({ phase, loaded, total, from }: Progress): void {
    const isNew = !this.#seen.has(phase);
    this.#seen.add(phase);
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
    const count = (value: number) => (phase === 'download' ? megabytes(value) : String(value));
    const speed = phase === 'denoise' && this.#stepSeconds ? `, ${this.#stepSeconds.toFixed(2)} s a step` : '';
    const origin = from ? ` from ${from}` : '';
    this.#write(`${phase}: ${count(loaded)} of ${count(total)} ${UNITS[phase]}${origin}${speed}`, isNew);
  }

  /** Makes room for what is printed next. */
  end(): void {
    if (this.#isTerminal) process.stderr.write('\r\x1b[K');
  }

  #write(text: string, isNew: boolean): void {
    if (this.#isTerminal) {
      process.stderr.write(`\r\x1b[K${text}`);
      return;
    }
    const now = Date.now();
    if (!isNew && now - this.#lastLine < LINE_INTERVAL) return;
    this.#lastLine = now;
    process.stderr.write(`${text}\n`);
  }
}
