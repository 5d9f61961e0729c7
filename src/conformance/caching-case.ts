import type { Branch, Scores } from '../cache/policy.ts';
import { WeightsError } from '../errors.ts';
import { type Golden, type GoldenTensor, goldenInput } from './golden.ts';

/** How a recorded run with caching was made: a case's `settings`. */
export interface CaseSettings {
  readonly prompt: string;
  readonly seed: number;
  readonly steps: number;
  readonly guidance_scale: number;
  readonly interval: number;
  readonly tail: number;
  readonly tailMode: string;
  /** Under `PROBE.THRESHOLD`, such as `feature.0.08`: each branch's schedule. */
  readonly schedules: Readonly<Record<string, Readonly<Partial<Record<Branch, string>>>>>;
}

/** What a case has recorded of a probe. */
export interface RecordedProbe {
  readonly probe: string;
  /** [steps, blocks] for each branch; the first step's are NaN. */
  readonly scores: ReadonlyMap<Branch, GoldenTensor>;
  readonly thresholds: readonly number[];
}

/** The settings of a recorded case. @throws {WeightsError} when it has none that can be read. */
export function caseSettings({ file, metadata }: Golden): CaseSettings {
  try {
    const settings = JSON.parse(metadata.settings ?? '') as CaseSettings;
    if (settings.steps >= 1 && typeof settings.schedules === 'object') return settings;
  } catch {
    // Told below, with the file's name.
  }
  throw new WeightsError(`${file} has no settings with steps and schedules.`, 'Record it again.');
}

/** The probes of a case, with the thresholds that schedules were recorded for. */
export function recordedProbes(golden: Golden, { schedules }: CaseSettings): RecordedProbe[] {
  const names = [...golden.tensors.keys()].map((name) => /^scores\.(\w+)\.cond$/.exec(name)?.[1]);
  return names.flatMap((probe) => {
    if (probe === undefined) return [];
    const branches = (['cond', 'uncond'] as const).filter((branch) => golden.tensors.has(`scores.${probe}.${branch}`));
    const scores = new Map(branches.map((branch) => [branch, goldenInput(golden, `scores.${probe}.${branch}`)]));
    const keys = Object.keys(schedules).filter((key) => key.startsWith(`${probe}.`));
    return [{ probe, scores, thresholds: keys.map((key) => Number(key.slice(probe.length + 1))) }];
  });
}

/** Scores of a step as they were recorded. */
export function recordedScores({ shape, values }: GoldenTensor, step: number): Scores {
  const [, count = 0] = shape;
  const blocks = [...values.subarray(step * count, (step + 1) * count)];
  return { blocks, mean: blocks.reduce((sum, score) => sum + score, 0) / count };
}
