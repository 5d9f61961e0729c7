import type { Phase, Progress } from '../src/pipeline/types.ts';

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

/** Where progress goes: `process.stderr`, or what stands for it in tests. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

interface UnderWay {
  /** What was done when the phase was first heard of, and when that was. */
  readonly from: number;
  readonly since: number;
  text: string;
}

/**
 * Shows progress: one line that changes on a terminal, with what is under way at once (kernels compile while weights load)
 * and how long it will take; elsewhere a line for each phase, and now and then one more.
 */
export class ProgressLine {
  readonly #underWay = new Map<Phase, UnderWay>();
  readonly #seen = new Set<Phase>();
  #lastLine = 0;

  /** @param now Milliseconds. */
  constructor(
    private readonly terminal: Terminal = process.stderr,
    private readonly now: () => number = Date.now,
  ) {}

  show(progress: Progress): void {
    const { phase, loaded, total } = progress;
    const isNew = !this.#seen.has(phase);
    this.#seen.add(phase);
    const underWay = this.#underWay.get(phase) ?? { from: loaded, since: this.now(), text: '' };
    underWay.text = describe(progress, this.#secondsLeft(underWay, loaded, total));
    this.#underWay.set(phase, underWay);
    this.#write(underWay.text, isNew);
    if (loaded >= total) this.#underWay.delete(phase);
  }

  /** Prints a line that stays, such as a warning. */
  note(text: string): void {
    this.end();
    this.terminal.write(`${text}\n`);
  }

  /** Makes room for what is printed next. */
  end(): void {
    if (this.terminal.isTTY) this.terminal.write('\r\x1b[K');
  }

  /** At the speed so far; undefined before there is one. */
  #secondsLeft({ from, since }: UnderWay, loaded: number, total: number): number | undefined {
    const seconds = (this.now() - since) / 1000;
    return loaded > from && seconds > 0 && loaded < total ? (seconds * (total - loaded)) / (loaded - from) : undefined;
  }

  #write(text: string, isNew: boolean): void {
    if (this.terminal.isTTY) {
      const line = [...this.#underWay.values()].map((phase) => phase.text).join(' · ');
      // A line that wraps would be two, and the first would stay.
      this.terminal.write(`\r\x1b[K${line.slice(0, (this.terminal.columns || 80) - 1)}`);
      return;
    }
    const now = this.now();
    if (!isNew && now - this.#lastLine < LINE_INTERVAL) return;
    this.#lastLine = now;
    this.terminal.write(`${text}\n`);
  }
}

function describe({ phase, loaded, total, from }: Progress, left: number | undefined): string {
  const count = (value: number) => (phase === 'download' ? (value / 1e6).toFixed(1) : String(value));
  const origin = from ? ` from ${from}` : '';
  const time = left === undefined ? '' : `, ${duration(left)} left`;
  return `${phase}: ${count(loaded)} of ${count(total)} ${UNITS[phase]}${origin}${time}`;
}

/** E.g. `40 s`, `3 min 20 s`, `2 h 5 min`. */
function duration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
