import type { Branch } from '../cache/policy.ts';
import type { Scheduler } from '../cache/scheduler.ts';
import type { Pacer } from '../gpu/pacer.ts';
import type { WanCache } from './wan-cache.ts';
import type { WanRun } from './wan-run.ts';

/** What the denoising loop runs. */
export interface Forwards {
  /** Waits for what decides a branch's next forward; `submit` does as well. */
  ready?(branch: Branch): Promise<void>;
  /** Submits a branch's forward of a step. @throws {DeviceLostError}; `signal.reason` on abort. */
  submit(pacer: Pacer, step: number, branch: Branch, signal?: AbortSignal): Promise<void>;
  /** Waits for what is still on its way. */
  finish(): Promise<void>;
}

/**
 * Runs forwards as the scheduler plans them. Scores come back beside what is submitted next, the other branch and the
 * sampler's update; only the measured branch's own next forward waits for them.
 */
export class ScheduledForwards implements Forwards {
  /** Scores on their way, by branch. */
  readonly #pending = new Map<Branch, Promise<void>>();

  constructor(
    private readonly run: WanRun,
    private readonly cache: WanCache,
    private readonly scheduler: Scheduler,
  ) {}

  async ready(branch: Branch): Promise<void> {
    await this.#pending.get(branch);
  }

  async submit(pacer: Pacer, step: number, branch: Branch, signal?: AbortSignal): Promise<void> {
    await this.ready(branch);
    signal?.throwIfAborted();
    const plan = this.scheduler.plan(step, branch);
    if (plan.kind === 'decideWithin') {
      const forward = this.cache.within(branch);
      if (!forward) throw new Error(`the policy has no rule for branch ${branch} to decide by`);
      await forward.submit(pacer, this.scheduler, { step, isForced: plan.isForced }, signal);
      return;
    }
    await pacer.run(this.run.program, plan.kind, this.cache.commands(branch, plan), signal);
    if (plan.kind !== 'compute' || !plan.measure) return;
    const observed = this.#observe(step, branch);
    // Awaited later: until then nobody handles a rejection.
    observed.catch(() => {});
    this.#pending.set(branch, observed);
  }

  /** Waits for scores and verdicts that are still on their way. */
  async finish(): Promise<void> {
    await Promise.all(this.#pending.values());
    for (const branch of this.run.forwards.keys()) await this.cache.within(branch)?.finish();
  }

  async #observe(step: number, branch: Branch): Promise<void> {
    const probe = this.cache.probe(branch);
    const scores = await probe?.read();
    if (scores) this.scheduler.observe(step, branch, scores);
    if (!this.scheduler.isArmed(branch)) probe?.stop();
  }
}
