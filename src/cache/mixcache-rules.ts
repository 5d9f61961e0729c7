/** What a step may reuse: what all blocks add, the branch without the prompt by its difference, what middle blocks add. */
export type Granularity = 'step' | 'guidance' | 'middle';

/** What a step does: `full` computes everything, and alone refreshes what is kept. */
export type StepKind = Granularity | 'full';

/** When what may be reused. */
export interface MixRules {
  /** First steps that compute. */
  readonly warmup: number;
  /** The last step, which computes. */
  readonly last: number;
  /** Most steps between two full ones. */
  readonly most: number;
  /** Largest error expected of what is reused. */
  readonly tolerance: number;
  /** Change of the prediction from step to step below which reuse begins, and above which it ends. */
  readonly stableFrom: number;
  readonly stableTo: number;
  /** Largest change of that change, of itself, with which reuse begins. */
  readonly steadiness: number;
  /** Of blocks, those in the middle. */
  readonly share: number;
  /** By what may be reused, the share of a step that it saves. */
  readonly savings: ReadonlyMap<Granularity, number>;
}

/** Decides the steps of a run, one by one, from how much things change between full ones. */
export class MixState {
  #step = -1;
  #kind: StepKind = 'full';
  /** The last full step, and the one before. */
  #full = 0;
  #before = 0;
  /** By what may be reused, its change a step between the last two full ones. */
  readonly #changes = new Map<Granularity, number>();
  /** The prediction's at the full step before. */
  #lastChange: number | undefined;
  #isSteady = false;

  constructor(private readonly rules: MixRules) {}

  /** What a step does: decided once, for all of its forwards. */
  decide(step: number, isForced: boolean): StepKind {
    if (step === this.#step) return this.#kind;
    this.#kind = isForced ? 'full' : this.#decided(step);
    this.#step = step;
    if (this.#kind === 'full') {
      [this.#before, this.#full] = [this.#full, step];
      // What was seen until then is of the full step before: forgotten, so that no branch's is taken for another's.
      this.#lastChange = this.#changes.get('step');
      this.#changes.clear();
    }
    return this.#kind;
  }

  /** Takes a change between this full step and the one before. */
  observe(step: number, measured: Granularity, change: number): void {
    if (step !== this.#full) return;
    const perStep = change / Math.max(1, this.#full - this.#before);
    if (measured === 'step') this.#settle(perStep);
    this.#changes.set(measured, Math.max(perStep, this.#changes.get(measured) ?? 0));
  }

  /** The context: reuse begins where changes are small and steady, and ends where they are large. */
  #settle(change: number): void {
    const { stableFrom, stableTo, steadiness } = this.rules;
    const isSteady = Math.abs(change - (this.#lastChange ?? Number.POSITIVE_INFINITY)) < steadiness * change;
    if (change < stableFrom && isSteady) this.#isSteady = true;
    if (!(change <= stableTo)) this.#isSteady = false;
  }

  #decided(step: number): StepKind {
    const { warmup, last, most, tolerance, savings } = this.rules;
    const age = step - this.#full;
    if (step < warmup || step >= last || age > most || !this.#isSteady) return 'full';
    // Never the same twice between full steps in a row.
    const open = [...savings].filter(([kind]) => kind !== this.#kind && this.#error(kind, age) <= tolerance);
    const [best] = open.sort(([, a], [, b]) => b - a);
    return best?.[0] ?? 'full';
  }

  /** What reusing something of so many steps before is expected to be wrong by. */
  #error(kind: Granularity, age: number): number {
    const change = this.#changes.get(kind) ?? Number.POSITIVE_INFINITY;
    return age * change * (kind === 'middle' ? this.rules.share : 1);
  }
}
