import { type Action, flattened, type Run } from '../cache/action.ts';
import { type Declaration, declarationOf } from '../cache/declaration.ts';
import type { ConfiguredPolicy } from '../cache/kind.ts';
import { branchOf, chunkOf, type ForwardKey, forwardKey, type RunShape } from '../cache/run-shape.ts';
import type { Forward, Scheduler } from '../cache/scheduler.ts';
import { LimitError, OutOfMemoryError } from '../errors.ts';
import type { ReadyCommand } from '../gpu/encode.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Recording } from '../gpu/recorder.ts';
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
  readonly #remedy: string;

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
    const onGpu = new Set(decider === 'gpu' ? declaration.decisions?.map(({ measurement }) => measurement) : []);
    for (const [key, sites] of run.sites) {
      const isLed = limits.condLeads && branchOf(key) !== 'cond';
      const others = (branch: Parameters<typeof forwardKey>[0]) => run.sites.get(forwardKey(branch, chunkOf(key)));
      const isRead = (measurement: string) => !onGpu.has(measurement);
      // Who follows keeps what its leader keeps.
      const own = declarationOf(declaration, limits.condLeads ? forwardKey('cond', chunkOf(key)) : key);
      const parts = new KeyParts(key, run, shape, sites, ops, own, !isLed, isRead, others);
      this.#keys.set(key, parts);
    }
    if (decider === 'host') return;
    for (const decision of declaration.decisions ?? []) {
      for (const [key, parts] of this.#keys) {
        const leader = this.#keys.get(limits.condLeads ? forwardKey('cond', chunkOf(key)) : key);
        const scores = leader?.measurements.get(decision.measurement)?.scores;
        if (!scores) throw new Error(`decision ${decision.name} has no measurement ${decision.measurement}`);
        const { computes, reuses } = parts.outcomes(decision);
        const label = `decide.${key}`;
        const part = new DecisionPart(label, ops, decision, limits, computes, reuses, scores, STEPS_IN_FLIGHT);
        parts.decisions.set(decision.name, part);
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
      if (action.kind !== 'decide') return commandsOf(parts.pieces([action]));
      const decision = parts.decisions.get(action.decision);
      if (!decision) throw new Error(`no decision ${action.decision} on the GPU`);
      return decision.commands(forward.decides?.isForced ?? false);
    });
  }

  /** The commands of some of a forward's actions, for a host that decides between them. */
  commandsOf(forward: Forward, actions: readonly Action[]): ReadyCommand[] {
    this.#write(forward, actions);
    return commandsOf(this.parts(forward.key).pieces(actions));
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

  get #parts() {
    return [...this.#keys.values()].flatMap(({ parts }) => parts);
  }
}

/**
 * Whether the host must decide: both outcomes of a decision of the GPU's are the same commands at every step, so neither a
 * slot whose places take turns nor a mask of heads can be in one.
 */
function needsHost({ slots, decisions = [] }: Declaration): boolean {
  const varying = new Set(
    slots.flatMap(({ name, site, depth = 1 }) => (depth > 1 || site.endsWith('.heads') ? [name] : [])),
  );
  const actions = decisions.flatMap(({ computes, reuses }) => [...flattened(computes), ...flattened(reuses)]);
  return actions.some((action) => 'slot' in action && varying.has(action.slot));
}
