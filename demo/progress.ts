import type { Phase, Progress } from '../src/index.ts';
import { byId, element } from './dom.ts';

interface Row {
  readonly bar: HTMLProgressElement;
  readonly amount: HTMLElement;
}

const TITLES: Readonly<Record<Phase, string>> = {
  download: 'Weights',
  compile: 'Kernels',
  text: 'Prompt',
  denoise: 'Steps',
  decode: 'Decoding',
};

/** Phases of a run; those of loading happen once. */
const RUN_PHASES: readonly Phase[] = ['text', 'denoise', 'decode'];

/** A bar for each phase, and one sentence for screen readers, which hear of quarters and not of every byte. */
export class ProgressList {
  readonly #status = byId('status', HTMLParagraphElement);
  readonly #rows = new Map<Phase, Row>();
  #announced = '';
  #isOver = false;

  constructor() {
    const list = byId('phases', HTMLUListElement);
    for (const [phase, title] of Object.entries(TITLES) as [Phase, string][]) {
      const bar = element('progress', { max: 1, value: 0 });
      bar.setAttribute('aria-label', title);
      const amount = element('span', { className: 'amount' });
      list.append(element('li', {}, element('span', {}, title), bar, amount));
      this.#rows.set(phase, { bar, amount });
    }
  }

  /** Shows how far a phase has come. */
  show(progress: Progress): void {
    const { phase, loaded, total } = progress;
    const row = this.#rows.get(phase);
    if (!row) return;
    row.bar.max = total || 1;
    row.bar.value = total ? loaded : 1;
    row.amount.textContent = amount(progress);
    const quarter = total ? Math.floor((4 * loaded) / total) * 25 : 100;
    const announcement = `${TITLES[phase]}: ${quarter} %`;
    if (!this.#isOver && announcement !== this.#announced) this.say(announcement);
  }

  /** Says a sentence in the status line. */
  say(text: string): void {
    this.#announced = text;
    this.#status.textContent = text;
  }

  /** Says how it ended; what still runs in the background no longer speaks. */
  end(text: string): void {
    this.#isOver = true;
    this.say(text);
  }

  /** Empties the bars that a new run fills. */
  reset(): void {
    this.#isOver = false;
    for (const phase of RUN_PHASES) {
      const row = this.#rows.get(phase);
      if (row) Object.assign(row.bar, { max: 1, value: 0 });
      if (row) row.amount.textContent = '';
    }
  }
}

function amount({ phase, loaded, total, from }: Progress): string {
  if (phase !== 'download') return `${loaded} of ${total}`;
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  const origin = { network: ' from the network', store: ' kept from last time', disk: ' from disk' };
  return `${megabytes(loaded)} of ${megabytes(total)} MB${from ? origin[from] : ''}`;
}
