import { OptionError } from '../errors.ts';
import { configurePolicy } from './index.ts';
import type { Branch, RunShape, Scores } from './policy.ts';
import type { RecordedRun } from './predict.ts';
import type { Probe, Requirements } from './requirements.ts';
import type { BlockScores } from './scheduler.ts';
import type { WithinRule } from './within-rule.ts';

/** A step's scores, and the step that they compare it with where it was measured for later ones. */
interface Recorded {
  readonly scores: BlockScores;
  readonly lastMeasured: number;
}

/** The scores that a run has recorded, for what another policy would have asked for. */
export class RecordedScores {
  readonly #scores = new Map<string, Recorded>();
  readonly #measured: Requirements;

  /** @param run As it is in memory, or as JSON has it: there `null` stands for what is not finite. */
  constructor(
    private readonly run: RecordedRun,
    shape: RunShape,
  ) {
    // A branch's first measurement is at step 0, and has no score.
    const last = new Map<Branch, number>();
    for (const scores of [...run.scores].sort((a, b) => a.step - b.step)) {
      const { step, branch } = scores;
      this.#scores.set(key(step, branch), { scores, lastMeasured: last.get(branch) ?? 0 });
      last.set(branch, step);
    }
    const { name, options } = run.policy;
    // An infinite threshold is null in JSON; what is measured does not depend on it.
    const told = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null));
    this.#measured = configurePolicy(name, told).policy.requirements(shape);
  }

  /**
   * The scores of what `probe` measures.
   *
   * @returns those of a step, compared with an earlier one; undefined where the run has none like that.
   * @throws {OptionError} when the run measured something else.
   */
  of(probe: Probe): (step: number, branch: Branch, reference: number) => Scores | undefined {
    const { probe: measured } = this.#measured;
    if (!measured) {
      if (this.#measured.within) throw this.#otherKind(`probe ${probe.tensor}`);
      return () => undefined;
    }
    const { tensor, every } = measured;
    if (tensor !== probe.tensor) throw this.#otherKind(`probe ${probe.tensor}`);
    if (every !== probe.every) throw this.#otherKind(`every ${probe.every}`);
    const places = probe.blocks.map((block) => measured.blocks.indexOf(block));
    if (places.includes(-1)) throw this.#otherKind(`a score of block ${probe.blocks[places.indexOf(-1)]}`);
    const isWhole = places.length === measured.blocks.length;
    return (step, branch, reference) => {
      const { scores, lastMeasured } = this.#scores.get(key(step, branch)) ?? {};
      if (!scores || lastMeasured !== reference) return undefined;
      const blocks = places.map((place) => known(scores.blocks[place]));
      const sum = blocks.reduce((total, score) => total + score, 0);
      return { blocks, mean: isWhole ? known(scores.mean) : sum / blocks.length };
    };
  }

  /**
   * The scores by which steps decide within themselves.
   *
   * @returns that of a step, compared with an earlier one; undefined where the run has none like that.
   * @throws {OptionError} when the run measured something else.
   */
  within({
    signal,
    reference: kind,
  }: WithinRule): (step: number, branch: Branch, reference: number) => number | undefined {
    const { within: measured, probe } = this.#measured;
    if (probe || (measured && measured.signal !== signal)) throw this.#otherKind(`the signal ${signal}`);
    return (step, branch, reference) => {
      const { scores } = this.#scores.get(key(step, branch)) ?? {};
      const compared = kind === 'everyStep' ? step - 1 : this.#lastComputed(step, branch);
      return scores && compared === reference ? known(scores.mean) : undefined;
    };
  }

  #lastComputed(step: number, branch: Branch): number {
    return (this.run.schedule[branch] ?? '').lastIndexOf('1', step - 1);
  }

  #otherKind(wanted: string): OptionError {
    const { name, options } = this.run.policy;
    const { probe, measure, every = 1, blocks = 'all' } = options;
    const tensor = probe ?? measure;
    const measured = tensor === undefined ? 'its own signal' : `${tensor}, every ${every}, blocks ${blocks}`;
    return new OptionError(
      `The recorded run of ${name} measured ${measured}; ${wanted} is needed.`,
      'Predict from a run of the same policy and probe, or of none with measure set to that probe.',
    );
  }
}

function key(step: number, branch: Branch): string {
  return `${branch} ${step}`;
}

function known(score: number | null | undefined): number {
  return score ?? Number.POSITIVE_INFINITY;
}
