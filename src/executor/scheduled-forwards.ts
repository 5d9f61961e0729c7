import type { Decision } from '../cache/declaration.ts';
import type { ForwardKey } from '../cache/run-shape.ts';
import type { Forward, Scheduler } from '../cache/scheduler.ts';
import type { Pacer } from '../gpu/pacer.ts';
import { type Executor, STEPS_IN_FLIGHT } from './executor.ts';

/** What the denoising loop runs. */
export interface Forwards {
  /** Waits for what decides the next step; `submit` does as well. */
  ready?(): Promise<void>;
  /** Submits a forward of a step. @throws {DeviceLostError}; `signal.reason` on abort. */
  submit(pacer: Pacer, step: number, key: ForwardKey, signal?: AbortSignal): Promise<void>;
  /** Waits for what is still on its way. */
  finish(): Promise<void>;
}

/**
 * Runs forwards as the scheduler plans them. Scores come back beside what is submitted next, the other branch and the
 * sampler's update; only what they decide waits for them. Verdicts of the GPU are waited for by nobody.
 */
export class ScheduledForwards implements Forwards {
  /** Scores on their way, by key. */
  readonly #pending = new Map<ForwardKey, Promise<void>>();
  /** By key, the score that the host decided by last. */
  readonly #decided = new Map<ForwardKey, number>();
  /** Verdicts on their way, by key, earlier steps first. */
  readonly #telling = new Map<ForwardKey, Promise<void>[]>();

  constructor(
    private readonly executor: Executor,
    private readonly scheduler: Scheduler,
  ) {}

  async ready(): Promise<void> {
    await Promise.all(this.#pending.values());
  }

  async submit(pacer: Pacer, step: number, key: ForwardKey, signal?: AbortSignal): Promise<void> {
    await this.#pending.get(this.scheduler.leader(key));
    // The other branch keeps the GPU busy meanwhile.
    if (this.executor.decisionsTakeTurns) await Promise.all(this.#telling.get(key) ?? []);
    signal?.throwIfAborted();
    const forward = this.scheduler.plan(step, key);
    const { decides, observes } = forward;
    if (decides && this.executor.parts(key).decisions.size === 0) return this.#decideHere(pacer, forward, signal);
    await pacer.run(decides ? 'decide' : 'forward', this.executor.commands(forward), signal);
    if (decides) await this.#tellLater(forward);
    if (observes.length > 0) this.#later(key, this.#observe(step, key, observes));
  }

  /** Waits for scores and verdicts that are still on their way. */
  async finish(): Promise<void> {
    await Promise.all([...this.#pending.values(), ...[...this.#telling.values()].flat()]);
  }

  async #observe(step: number, key: ForwardKey, measurements: readonly string[]): Promise<void> {
    const read = measurements.map((measurement) => this.executor.measurement(measurement, key).read());
    for (const [i, scores] of (await Promise.all(read)).entries()) {
      this.scheduler.observe(step, key, measurements[i] as string, scores);
    }
    this.executor.release(this.scheduler, key);
  }

  /** Takes over the GPU's verdict, after those of earlier steps. */
  async #tellLater(forward: Forward): Promise<void> {
    const { key, decides } = forward;
    const telling = this.#telling.get(key) ?? [];
    this.#telling.set(key, telling);
    // No wait: with so many steps in flight, the oldest has run and its verdict has come.
    if (telling.length === STEPS_IN_FLIGHT) await telling.shift();
    const before = telling.at(-1);
    const given = this.executor
      .parts(key)
      .decisions.get(decides?.decision ?? '')
      ?.read();
    const told = (async () => {
      const verdict = await given;
      await before;
      if (!verdict) return;
      this.executor.decided(forward, verdict.computes);
      this.scheduler.decided(forward, verdict.score, verdict.computes);
    })();
    // Awaited later: until then nobody handles a rejection.
    told.catch(() => {});
    telling.push(told);
  }

  /** Reads the score, waits for it, and submits what follows from it: a round trip a forward. */
  async #decideHere(pacer: Pacer, forward: Forward, signal?: AbortSignal): Promise<void> {
    const { scheduler, executor } = this;
    const { actions, decides } = forward;
    const decision = scheduler.declaration.decisions?.find(({ name }) => name === decides?.decision);
    const at = actions.findIndex(({ kind }) => kind === 'decide');
    if (!decision || at < 0) throw new Error(`no decision ${decides?.decision}`);
    await pacer.run('opening', executor.commandsOf(forward, actions.slice(0, at)), signal);
    const score = await this.#score(decision, forward);
    signal?.throwIfAborted();
    const computes = scheduler.decide(forward, score);
    const rest = [...(computes ? decision.computes : decision.reuses), ...actions.slice(at + 1)];
    await pacer.run(computes ? 'compute' : 'reuse', executor.commandsOf(forward, rest), signal);
  }

  /** What a forward is decided by: who follows another, by what that was. */
  async #score({ measurement, gain }: Decision, { key }: Forward): Promise<number> {
    const leader = this.scheduler.leader(key);
    if (leader !== key) return this.#decided.get(leader) ?? Number.POSITIVE_INFINITY;
    const read = async (name: string) => (await this.executor.measurement(name, key).readAny()).mean;
    const score = await read(measurement);
    const scaled = gain ? (score * (await read(gain.times))) / (await read(gain.over)) : score;
    this.#decided.set(key, scaled);
    return scaled;
  }

  #later(key: ForwardKey, work: Promise<void>): void {
    work.catch(() => {});
    this.#pending.set(key, work);
  }
}
