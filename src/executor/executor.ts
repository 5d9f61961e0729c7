import { type Action, flattened, type Run } from '../cache/action.ts';
import { type Decision, type Declaration, declarationOf } from '../cache/declaration.ts';
import type { ConfiguredPolicy } from '../cache/kind.ts';
import { type Branch, branchOf, chunkOf, type ForwardKey, forwardKey, type RunShape } from '../cache/run-shape.ts';
import type { Forward, Scheduler } from '../cache/scheduler.ts';
import { LimitError, OutOfMemoryError } from '../errors.ts';
import type { ReadyCommand } from '../gpu/encode.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Recording } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import type { OpContext } from '../ops/context.ts';
import { DecisionPart } from './decision-part.ts';
import { KeyParts, type SitedRun } from './key-parts.ts';
import type { MeasurementPart } from './measurement-part.ts';
import { commandsOf } from './piece.ts';

/** Steps that may be on their way to the GPU at once: enough that it never waits, few enough to stop soon. */
export const STEPS_IN_FLIGHT = 2;

/** Who decides within a step: the GPU, or the host, which waits for each score. */
export type Decider = 'gpu' | 'host';

/** What a run keeps for its policy, and the commands that the policy's actions come to. Data in, data out. */
export class Executor {
  readonly #keys = new Map<ForwardKey, KeyParts>();
  /**
   * Whether places take turns in a decision: which is next must be known before a forward is submitted, and so the verdict
   * of the one before.
   */
  readonly decisionsTakeTurns: boolean;
  readonly #remedy: string;
  readonly #decisions: readonly Decision[];

  /** Records what the policy declares; memory comes with `start`. */
  constructor(
    run: SitedRun,
    private readonly configured: ConfiguredPolicy,
    shape: RunShape,
    ops: Omit<OpContext, 'recorder'>,
    asked: Decider = 'gpu',
  ) {
    const declaration = configured.policy.declare(shape);
    const decider = asked === 'gpu' && needsHost(declaration) ? 'host' : asked;
    const { limits } = configured;
    this.#remedy = declaration.remedy;
    this.#decisions = declaration.decisions ?? [];
    const turning = declaration.slots.filter(({ depth = 1 }) => depth > 1).map(({ name }) => name);
    this.decisionsTakeTurns = slotsOf(this.#decisions).some((slot) => turning.includes(slot));
    const deciding = this.#decisions.flatMap(({ measurement, gain }) => [measurement, ...Object.values(gain ?? {})]);
    const onGpu = new Set(decider === 'gpu' ? deciding : []);
    for (const [key, sites] of run.sites) {
      const isLed = limits.condLeads && branchOf(key) !== 'cond';
      const others = (branch: Branch) => run.sites.get(forwardKey(branch, chunkOf(key)));
      const isRead = (measurement: string) => !onGpu.has(measurement);
      // Who follows keeps what its leader keeps.
      const own = declarationOf(declaration, limits.condLeads ? forwardKey('cond', chunkOf(key)) : key);
      const first = this.#keys.get(forwardKey('cond', chunkOf(key)));
      const parts = new KeyParts(key, run, shape, sites, ops, own, !isLed, isRead, others, first);
      this.#keys.set(key, parts);
    }
    if (decider === 'host') return;
    for (const decision of this.#decisions) {
      for (const [key, parts] of this.#keys) {
        const leader = this.#keys.get(limits.condLeads ? forwardKey('cond', chunkOf(key)) : key);
        const scores = (name: string): Tensor => {
          const found = leader?.measurements.get(name)?.scores;
          if (!found) throw new Error(`decision ${decision.name} has no measurement ${name}`);
          return found;
        };
        // Who follows decides by the score that its leader has decided by: what that was made of has changed since.
        const led = leader === parts ? undefined : leader?.decisions.get(decision.name)?.verdict;
        const gain = decision.gain && { times: scores(decision.gain.times), over: scores(decision.gain.over) };
        const score = led ?? scores(decision.measurement);
        const outcomes = parts.outcomes(decision);
        const about = [limits, outcomes, score, STEPS_IN_FLIGHT, led ? undefined : gain] as const;
        parts.decisions.set(decision.name, new DecisionPart(`decide.${key}`, ops, decision, ...about));
      }
    }
  }

  /** GPU bytes that `start` allocates, of all forwards. */
  get plannedBytes(): number {
    return this.#parts.reduce((sum, { plannedBytes }) => sum + plannedBytes, 0);
  }

  /** What `start` will allocate. */
  get recordings(): Recording[] {
    return this.#parts.map(({ recording }) => recording);
  }

  /**
   * Allocates it, after the run.
   *
   * @throws {LimitError | OutOfMemoryError} with the options that make it smaller, when it does not fit.
   */
  async start(gpu: Gpu): Promise<void> {
    try {
      for (const part of this.#parts) await part.start(gpu);
    } catch (error) {
      this.stop();
      if (!(error instanceof LimitError || error instanceof OutOfMemoryError)) throw error;
      const Kind = error instanceof LimitError ? LimitError : OutOfMemoryError;
      const what = `The cache of ${this.configured.name} (${this.plannedBytes} bytes) does not fit. ${error.problem}`;
      throw new Kind(what, this.#remedy, { cause: error });
    }
  }

  /** The commands of a forward, all on the GPU's side: what is decided within it, the GPU decides. */
  commands(forward: Omit<Forward, 'observes'>): ReadyCommand[] {
    this.#write(forward, forward.actions);
    const parts = this.parts(forward.key);
    return forward.actions.flatMap((action) => {
      if (action.kind !== 'decide') return this.#ready(parts, [action]);
      const part = parts.decisions.get(action.decision);
      if (!part) throw new Error(`no decision ${action.decision} on the GPU`);
      const outcomes = parts.outcomes(this.#decision(action.decision));
      return part.commands(forward.decides?.isForced ?? false, outcomes);
    });
  }

  /** The commands of some of a forward's actions, for a host that decides between them. */
  commandsOf(forward: Forward, actions: readonly Action[]): ReadyCommand[] {
    this.#write(forward, actions);
    return this.#ready(this.parts(forward.key), actions);
  }

  /** Takes note of a verdict that the GPU has given. */
  decided({ key, decides }: Forward, computes: boolean): void {
    const { computes: kept, reuses } = this.#decision(decides?.decision ?? '');
    this.#noteKept(this.parts(key), computes ? kept : reuses);
  }

  /** What is kept of a forward. */
  parts(key: ForwardKey): KeyParts {
    const parts = this.#keys.get(key);
    if (!parts) throw new Error(`the run has no forward ${key}`);
    return parts;
  }

  /** What measures a forward. */
  measurement(name: string, key: ForwardKey): MeasurementPart {
    const part = this.parts(key).measurements.get(name);
    if (!part) throw new Error(`${key} has no measurement ${name}`);
    return part;
  }

  /** Frees what a key will not measure again. */
  release(scheduler: Pick<Scheduler, 'isDone'>, key: ForwardKey): void {
    for (const [name, part] of this.parts(key).measurements) if (scheduler.isDone(name, key)) part.stop();
  }

  /** Frees it. */
  stop(): void {
    for (const part of this.#parts) part.stop();
  }

  /** Writes what rides on actions: forecasts' weights, scales and shifts, which heads are computed, filters of what is measured. */
  #write({ step, key, weights }: Pick<Forward, 'step' | 'key' | 'weights'>, actions: readonly Action[]): void {
    const { slots, measurements } = this.parts(key);
    for (const action of flattened(actions)) {
      if (action.kind === 'measure') measurements.get(action.measurement)?.writeFilter(step);
    }
    if (!slots) return;
    for (const [slot, values] of weights) slots.writeWeights(slot, values);
    for (const action of flattened(actions)) {
      if (action.kind === 'restore') slots.writeScaleShift(action.slot, action.scaleShift);
      if (action.kind !== 'keep') continue;
      const ran = action.of.find((inner): inner is Run => inner.kind === 'run');
      slots.writeMask(action.slot, ran?.heads);
      if (ran?.tokens) slots.writeTokens(action.slot, ran.tokens);
    }
  }

  #ready(parts: KeyParts, actions: readonly Action[]): ReadyCommand[] {
    const commands = commandsOf(parts.pieces(actions));
    this.#noteKept(parts, actions);
    return commands;
  }

  #noteKept({ slots }: KeyParts, actions: readonly Action[]): void {
    for (const action of flattened(actions)) if (action.kind === 'keep') slots?.filled(action.slot);
  }

  #decision(name: string): Decision {
    const decision = this.#decisions.find((one) => one.name === name);
    if (!decision) throw new Error(`no decision ${name} is declared`);
    return decision;
  }

  get #parts() {
    return [...this.#keys.values()].flatMap(({ parts }) => parts);
  }
}

/** Whether the host must decide: a mask of heads is written before it is known whether its outcome runs. */
function needsHost({ slots, decisions = [] }: Declaration): boolean {
  const masked = new Set(slots.flatMap(({ name, site }) => (site.endsWith('.heads') ? [name] : [])));
  return slotsOf(decisions).some((slot) => masked.has(slot));
}

/** Slots that are kept or restored by a decision. */
function slotsOf(decisions: readonly Decision[]): string[] {
  const actions = decisions.flatMap(({ computes, reuses }) => [...flattened(computes), ...flattened(reuses)]);
  return actions.flatMap((action) => ('slot' in action ? [action.slot] : []));
}
