import { isOfOneStep } from '../ops/metrics/index.ts';
import { type Action, type Decide, flattened, takesKept, unmeasured } from './action.ts';
import { computeAll } from './compute-all.ts';
import { type Decision, type Declaration, declarationOf } from './declaration.ts';
import { type CacheLimits, NO_LIMITS } from './limits.ts';
import { type Outcome, Outcomes } from './outcome.ts';
import type { Policy, Scores } from './policy.ts';
import { type DecisionState, decideStep, UNDECIDED, type Verdict } from './rule.ts';
import { RunLog } from './run-log.ts';
import type { RunListener, RunRecord } from './run-record.ts';
import { chunkOf, type ForwardKey, forwardKey, type RunShape } from './run-shape.ts';

/** A forward as it is to be carried out. */
export interface Forward {
  readonly step: number;
  readonly key: ForwardKey;
  readonly actions: readonly Action[];
  /** Of slots that are restored by a forecast: a weight for each value kept, the newest first. */
  readonly weights: ReadonlyMap<string, readonly number[]>;
  /** The measurements whose scores it brings, for `observe`; what decides within it is none of them. */
  readonly observes: readonly string[];
  /** What is decided within it, for `decide` or `decided`. */
  readonly decides?: Decide;
}

/** What is known of a forward key. */
interface KeyState {
  readonly outcomes: Outcomes;
  readonly computeAll: readonly Action[];
  /** The last forward planned. */
  last?: Forward;
  /** By slot, the steps at which it was kept, the newest first. */
  readonly kept: Map<string, readonly number[]>;
  /** By measurement, the step whose values the next are compared with. */
  readonly references: Map<string, number>;
  /** What was reused, and what decisions within steps have come to. */
  decisions: DecisionState;
}

/** Asks a policy for each forward, holds it to the laws that every policy must obey, and records what was done. */
export class Scheduler {
  /** What the policy may keep, measure and decide. */
  readonly declaration: Declaration;
  readonly #keys: ReadonlyMap<ForwardKey, KeyState>;
  /** Slots that both branches share, once they are kept. */
  readonly #shared = new Set<string>();
  readonly #log: RunLog;

  /** Begins a run. @throws {OptionError} when the limits do not fit it. */
  constructor(
    private readonly policy: Policy,
    private readonly run: RunShape,
    listener: RunListener = {},
    readonly limits: CacheLimits = NO_LIMITS,
  ) {
    limits.check(run.steps);
    this.declaration = policy.declare(run);
    this.#keys = new Map(run.keys.map((key) => [key, this.#fresh(key)]));
    this.#log = new RunLog(this.declaration, run, listener);
    policy.begin(run);
  }

  /** The key that decides for another: itself, where each branch does. */
  leader(key: ForwardKey): ForwardKey {
    return this.limits.condLeads ? forwardKey('cond', chunkOf(key)) : key;
  }

  /**
   * What a forward does; asked once for each, in order. One that must compute and would reuse computes everything
   * instead, and keeps it. The verdict of a forward that decides within is told by `decide` or `decided`.
   *
   * @throws when the policy breaks a law.
   */
  plan(step: number, key: ForwardKey): Forward {
    const state = this.#state(key);
    const planned = (state.last?.step ?? -1) + 1;
    if (planned !== step) throw new Error(`step ${step} of ${key} planned after ${planned} steps`);
    const { inARow, inAll } = state.decisions;
    const mustCompute = this.limits.mustCompute(step, this.run.steps);
    const isForced = mustCompute || inARow >= this.limits.inARow || inAll >= this.limits.inAll;
    const asked = this.#asked(step, key, isForced || step === 0);
    // At the first step, only what the other branch has kept by then may be taken.
    const isRefused = isForced ? takesKept(asked) : step === 0 && takesKept(asked, this.#shared);
    const actions = isRefused ? state.computeAll : asked;
    const all = [...flattened(actions)];
    const decided = all.find((action) => action.kind === 'decide');
    // Limits bind where it is decided: what the steps on their way have come to is not known here.
    const decides = decided && { ...decided, isForced: decided.isForced || mustCompute || step === 0 };
    const measured = all.flatMap((action) => (action.kind === 'measure' ? [action.measurement] : []));
    const deciding = decides && this.#decision(decides).measurement;
    const observes = measured.filter((measurement) => measurement !== deciding);
    const weights = this.#weights(actions, state, step);
    const forward = { step, key, actions, weights, observes, ...(decides && { decides }) };
    state.last = forward;
    if (decides) this.#checkDecision(forward, decides, state);
    else this.#finish(forward, this.#outcome(forward, state), state);
    return forward;
  }

  /** Hands over the scores of a measured forward: none where there was nothing to compare with. */
  observe(step: number, key: ForwardKey, measurement: string, scores: Scores | undefined): void {
    const reference = this.reference(measurement, key);
    this.#state(key).references.set(measurement, step);
    if (!scores || reference === undefined) return;
    this.#log.scores({ step, key, measurement, reference, indicator: scores.mean, ...scores });
    this.policy.observe?.({ step, key, measurement, ...scores });
  }

  /** The verdict of a forward that decides within, from its score: whether it computes. */
  decide(forward: Forward, score: number): boolean {
    const { computes } = this.#verdict(forward, score);
    this.decided(forward, score, computes);
    return computes;
  }

  /** Takes over a verdict that fell elsewhere, on the GPU; told in the order of the steps. */
  decided(forward: Forward, score: number, computes: boolean): void {
    const { step, key } = forward;
    const state = this.#state(key);
    const { measurement } = this.#decision(forward.decides);
    const { indicator, state: after } = this.#verdict(forward, score, computes);
    const reference = state.references.get(measurement);
    // The first has nothing to be compared with; who follows has measured nothing.
    if (reference !== undefined && this.leader(key) === key) {
      this.#log.scores({ step, key, measurement, reference, indicator, blocks: [score], mean: score });
    }
    const updates = this.declaration.measurements?.find(({ name }) => name === measurement)?.updates;
    if (updates || computes) state.references.set(measurement, step);
    this.#finish(forward, this.#outcome(forward, state, computes), state);
    state.decisions = after;
  }

  /** Whether a key will not take a measurement again. */
  isDone(measurement: string, key: ForwardKey): boolean {
    return this.policy.isDone?.(measurement, key) ?? false;
  }

  /** The step with which a measurement's next values are compared; the last one planned, where that is the step itself. */
  reference(measurement: string, key: ForwardKey): number | undefined {
    const { references, last } = this.#state(key);
    const metric = this.declaration.measurements?.find(({ name }) => name === measurement)?.metric;
    return metric && isOfOneStep(metric) ? last?.step : references.get(measurement);
  }

  /** The run so far. */
  get record(): RunRecord {
    return this.#log.record;
  }

  #fresh(key: ForwardKey): KeyState {
    // Who follows keeps what its leader keeps.
    const declaration = declarationOf(this.declaration, this.leader(key));
    return {
      outcomes: new Outcomes(declaration, this.run, key),
      computeAll: computeAll(declaration, this.run),
      kept: new Map(),
      references: new Map(),
      decisions: UNDECIDED,
    };
  }

  /** The policy's actions; who follows does what its leader does, and measures nothing. */
  #asked(step: number, key: ForwardKey, isForced: boolean): readonly Action[] {
    const leader = this.leader(key);
    if (leader === key) return this.policy.plan({ step, key, isForced });
    const { last } = this.#state(leader);
    if (last?.step !== step) throw new Error(`step ${step} of ${key} planned before ${leader}, which leads`);
    return unmeasured(last.actions);
  }

  #weights(actions: readonly Action[], { kept }: KeyState, step: number): Forward['weights'] {
    const weights = new Map<string, readonly number[]>();
    const lists = [actions, ...(this.declaration.decisions ?? []).map(({ reuses }) => reuses)];
    for (const action of lists.flatMap((list) => [...flattened(list)])) {
      if (action.kind !== 'restore' || !action.forecast) continue;
      const steps = kept.get(action.slot) ?? [];
      if (steps.length > 0) weights.set(action.slot, action.forecast.weights(steps, step));
    }
    return weights;
  }

  /** What either verdict comes to must be lawful, before it falls. */
  #checkDecision(forward: Forward, { isForced }: Decide, state: KeyState): void {
    const computing = this.#outcome(forward, state, true);
    if (isForced) this.#keep(state, computing, forward.step);
    else this.#outcome(forward, state, false);
  }

  #outcome({ actions }: Forward, { kept, outcomes }: KeyState, computes?: boolean): Outcome {
    const expanded = actions.flatMap((action) => {
      if (action.kind !== 'decide') return [action];
      const decision = this.#decision(action);
      return computes ? decision.computes : decision.reuses;
    });
    return outcomes.of(expanded, (slot) => kept.has(slot) || this.#shared.has(slot));
  }

  #finish({ step, key }: Forward, outcome: Outcome, state: KeyState): void {
    this.#keep(state, outcome, step);
    const { decisions } = state;
    const { inARow, inAll } = decisions;
    state.decisions = outcome.computes
      ? { ...decisions, inARow: 0 }
      : { ...decisions, inARow: inARow + 1, inAll: inAll + 1 };
    this.#log.forward(step, key, outcome);
  }

  #keep({ kept, outcomes }: KeyState, outcome: Outcome, step: number): void {
    for (const slot of outcome.kept) {
      if (outcomes.slot(slot).isShared) this.#shared.add(slot);
      const earlier = (kept.get(slot) ?? []).filter((other) => other !== step);
      kept.set(slot, [step, ...earlier].slice(0, outcomes.slot(slot).depth ?? 1));
    }
  }

  #verdict({ key, decides }: Forward, score: number, ruling?: boolean): Verdict {
    const { decisions } = this.#state(key);
    return decideStep(this.#decision(decides).rule, score, decisions, this.limits, decides?.isForced ?? false, ruling);
  }

  #decision(decide: Decide | undefined): Decision {
    const decision = this.declaration.decisions?.find(({ name }) => name === decide?.decision);
    if (!decision) throw new Error(`no decision ${decide?.decision} is declared`);
    return decision;
  }

  #state(key: ForwardKey): KeyState {
    const state = this.#keys.get(key);
    if (!state) throw new Error(`the run has no forward ${key}`);
    return state;
  }
}
