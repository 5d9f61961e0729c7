import { bwcache } from '../cache/bwcache.ts';
import type { OptionValue } from '../cache/options.ts';
import type { Branch, Scores } from '../cache/policy.ts';
import { WeightsError } from '../errors.ts';
import { type Golden, type GoldenTensor, goldenInput } from './golden.ts';

/** How a recorded run with caching was made: a case's `settings`. */
export interface CaseSettings {
  readonly steps: number;
  readonly guidance_scale: number;
  /** Under `PROBE.THRESHOLD`, such as `feature.0.08`: each branch's schedule. */
  readonly schedules: Readonly<Record<string, Readonly<Partial<Record<Branch, string>>>>>;
  /** Options of BWCache by name, such as `interval`, and what else was noted. */
  readonly [name: string]: unknown;
}

/** A threshold that a case has a run of. */
export interface RecordedThreshold {
  /** As it was written, such as `feature.1.0`: of its schedule, and of its latents. */
  readonly key: string;
  readonly threshold: number;
}

/** What a case has recorded of a probe. */
export interface RecordedProbe {
  readonly probe: string;
  /** [steps, blocks] for each branch; the first step's are NaN. */
  readonly scores: ReadonlyMap<Branch, GoldenTensor>;
  readonly thresholds: readonly RecordedThreshold[];
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

/** The options of BWCache that all runs of a case share. */
export function caseOptions(settings: CaseSettings): Readonly<Record<string, OptionValue>> {
  const { threshold: _, probe: __, ...shared } = bwcache.options;
  const isShared = (entry: [string, unknown]): entry is [string, OptionValue] => Object.hasOwn(shared, entry[0]);
  return Object.fromEntries(Object.entries(settings).filter(isShared));
}

/** The branches of a case: without guidance, it has recorded no scores of `uncond`. */
export function caseBranches({ tensors }: Golden): readonly Branch[] {
  return [...tensors.keys()].some((name) => /^scores\.\w+\.uncond$/.test(name)) ? ['cond', 'uncond'] : ['cond'];
}

/** The probes of a case, with the thresholds that schedules were recorded for. */
export function recordedProbes(golden: Golden, { schedules }: CaseSettings): RecordedProbe[] {
  const names = [...golden.tensors.keys()].map((name) => /^scores\.(\w+)\.cond$/.exec(name)?.[1]);
  return names.flatMap((probe) => {
    if (probe === undefined) return [];
    const branches = (['cond', 'uncond'] as const).filter((branch) => golden.tensors.has(`scores.${probe}.${branch}`));
    const scores = new Map(branches.map((branch) => [branch, goldenInput(golden, `scores.${probe}.${branch}`)]));
    const keys = Object.keys(schedules).filter((key) => key.startsWith(`${probe}.`));
    return [
      { probe, scores, thresholds: keys.map((key) => ({ key, threshold: number(key.slice(probe.length + 1)) })) },
    ];
  });
}

/** Scores of a step as they were recorded. */
export function recordedScores({ shape, values }: GoldenTensor, step: number): Scores {
  const [, count = 0] = shape;
  const blocks = [...values.subarray(step * count, (step + 1) * count)];
  return { blocks, mean: blocks.reduce((sum, score) => sum + score, 0) / count };
}

/** A number as Python writes it. */
function number(text: string): number {
  return text === 'inf' ? Number.POSITIVE_INFINITY : Number(text);
}
