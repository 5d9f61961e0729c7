import { OptionError } from '../errors.ts';
import type { PolicyUse } from './kind.ts';
import type { Scores } from './policy.ts';
import type { BlockScores, MeasuredSites, RunRecord } from './run-record.ts';
import { type ForwardKey, forwardKey } from './run-shape.ts';

/** What is taken of a run's report. */
export interface RecordedRun extends Pick<RunRecord, 'shape' | 'measurements' | 'scores'> {
  /** Steps that the run was asked for, of which `fewer-steps` takes a share. */
  readonly stepsAsked: number;
  /** The caching method and its options. */
  readonly policy: PolicyUse;
}

/** The scores that a run has recorded, for what another policy would have asked for. */
export class RecordedScores {
  readonly #scores: ReadonlyMap<string, BlockScores>;

  /** @param run As it is in memory, or as JSON has it: there `null` stands for what is not finite. */
  constructor(private readonly run: RecordedRun) {
    this.#scores = new Map(
      run.scores.map((scores) => {
        const { step, branch, chunk, measurement } = scores;
        return [place(measurement, step, forwardKey(branch, chunk)), scores];
      }),
    );
  }

  /**
   * The scores of what a measurement would compare.
   *
   * @returns those of a step, compared with an earlier one; undefined where the run has none like that.
   * @throws {OptionError} when the run measured something else.
   */
  of(wanted: MeasuredSites): (step: number, key: ForwardKey, reference: number) => Scores | undefined {
    const { measurements } = this.run;
    if (measurements.length === 0) return () => undefined;
    const measured = measurements.find(
      ({ value, metric, every, sites }) =>
        value === wanted.value &&
        metric === wanted.metric &&
        every === wanted.every &&
        wanted.sites.every((site) => sites.includes(site)),
    );
    if (!measured) throw this.#otherKind(wanted);
    const places = wanted.sites.map((site) => measured.sites.indexOf(site));
    const isWhole = places.length === measured.sites.length;
    return (step, key, reference) => {
      const scores = this.#scores.get(place(measured.name, step, key));
      if (scores?.reference !== reference) return undefined;
      const blocks = places.map((at) => known(scores.blocks[at]));
      const sum = blocks.reduce((total, score) => total + score, 0);
      return { blocks, mean: isWhole ? known(scores.mean) : sum / blocks.length };
    };
  }

  #otherKind(wanted: MeasuredSites): OptionError {
    const measured = this.run.measurements.map(described).join(' and ');
    return new OptionError(
      `The recorded run of ${this.run.policy.name} measured ${measured}; ${described(wanted)} is needed.`,
      'Predict from a run of the same policy and probe, or of none with measure set to that probe.',
    );
  }
}

function described({ value, metric, every, sites }: MeasuredSites): string {
  const [first, last] = [sites[0], sites.at(-1)];
  const where = sites.length === 1 ? first : `${sites.length} sites from ${first} to ${last}`;
  return `${value} of ${where} (${metric}, every ${every})`;
}

function place(measurement: string, step: number, key: ForwardKey): string {
  return `${measurement} ${step} ${key}`;
}

function known(score: number | null | undefined): number {
  return score ?? Number.POSITIVE_INFINITY;
}
