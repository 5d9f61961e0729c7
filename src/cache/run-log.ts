import { metricLabel } from '../ops/metrics/index.ts';
import type { Declaration } from './declaration.ts';
import type { Outcome } from './outcome.ts';
import type { Observation } from './policy.ts';
import type { BlockScores, MeasuredSites, RunListener, RunRecord } from './run-record.ts';
import { branchOf, chunkOf, type ForwardKey, type RunShape } from './run-shape.ts';
import { SiteRecord } from './site-record.ts';

/** Writes down what a run does, and tells whoever listens. */
export class RunLog {
  readonly #schedule: Map<ForwardKey, string>;
  readonly #sites: SiteRecord;
  readonly #scores: BlockScores[] = [];
  readonly #measurements: readonly MeasuredSites[];
  #computed = 0;
  #blocks = 0;

  constructor(
    declaration: Declaration,
    private readonly run: RunShape,
    private readonly listener: RunListener,
  ) {
    this.#schedule = new Map(run.keys.map((key) => [key, '']));
    this.#sites = new SiteRecord(run);
    this.#measurements = measuredSites(declaration);
  }

  /** A forward whose outcome is known. */
  forward(step: number, key: ForwardKey, { digits, computed, computes }: Outcome): void {
    const { blocks } = this.run;
    this.#computed += computed;
    this.#blocks += blocks;
    this.#schedule.set(key, this.schedule(key) + (computes ? '1' : '0'));
    this.#sites.note(key, digits);
    this.listener.onForward?.({ step, ...named(key), computes, computed, blocks, digits: digits.join('') });
  }

  /** Scores that have come. */
  scores({ key, ...rest }: Observation & Pick<BlockScores, 'reference' | 'indicator'>): void {
    const scores = { ...rest, ...named(key) };
    this.#scores.push(scores);
    this.listener.onScores?.(scores);
  }

  /** A key's digits so far. */
  schedule(key: ForwardKey): string {
    return this.#schedule.get(key) ?? '';
  }

  /** All of it. */
  get record(): RunRecord {
    return {
      shape: this.run,
      schedule: Object.fromEntries(this.#schedule),
      sites: this.#sites.schedules,
      measurements: this.#measurements,
      scores: this.#scores,
      blocks: { computed: this.#computed, reused: this.#blocks - this.#computed },
    };
  }
}

/** What each of a policy's measurements compares. */
export function measuredSites({
  slots,
  measurements = [],
  decisions = [],
}: Pick<Declaration, 'slots' | 'measurements' | 'decisions'>): MeasuredSites[] {
  return measurements.map(({ name, metric, filter, slots: names }) => {
    const measured = slots.filter((slot) => names.includes(slot.name));
    const [{ value = 'output', every = 1 } = {}] = measured;
    const gain = decisions.find(({ measurement }) => measurement === name)?.gain;
    const how = [metricLabel(metric), ...(filter ? [filter.name] : [])].join('/');
    const scaled = how + (gain ? ` * ${gain.times} / ${gain.over}` : '');
    return { name, value, every, metric: scaled, sites: measured.map(({ site }) => site) };
  });
}

function named(key: ForwardKey): Pick<BlockScores, 'branch' | 'chunk'> {
  const chunk = chunkOf(key);
  return { branch: branchOf(key), ...(chunk > 0 && { chunk }) };
}
