import { bwcache } from '../cache/bwcache.ts';
import type { OptionValue } from '../cache/options.ts';
import type { Scores } from '../cache/policy.ts';
import type { Branch } from '../cache/run-shape.ts';
import { WeightsError } from '../errors.ts';
import { parsePythonJson } from '../weights/python-json.ts';
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
    const settings = parsePythonJson(metadata.settings ?? '');
    if (isSettings(settings)) return settings;
  } catch {
    // Told below, with the file's name.
  }
  const needed = 'steps (a count), guidance_scale (a number) and schedules (by probe and threshold)';
  throw new WeightsError(`${file} has no settings with ${needed}.`, 'Record it again.');
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

/**
 * The probes of a case, with the thresholds that schedules were recorded for.
 *
 * @throws {WeightsError} when scores of a schedule's probe are missing, or none are recorded.
 */
export function recordedProbes(golden: Golden, { schedules }: CaseSettings): RecordedProbe[] {
  const names = [...golden.tensors.keys(), ...Object.keys(schedules).map((key) => `scores.${key}`)];
  const probes = new Set(names.flatMap((name) => /^scores\.(\w+)\./.exec(name)?.[1] ?? []));
  if (probes.size === 0) throw new WeightsError(`${golden.file} has no scores.PROBE.cond.`, 'Record it again.');
  return [...probes].map((probe) => {
    const tensors = caseBranches(golden).map((branch) => [branch, `scores.${probe}.${branch}`] as const);
    const scores = new Map(tensors.map(([branch, name]) => [branch, goldenInput(golden, name)]));
    const keys = Object.keys(schedules).filter((key) => key.startsWith(`${probe}.`));
    const thresholds = keys.map((key) => ({ key, threshold: number(key.slice(probe.length + 1)) }));
    return { probe, scores, thresholds };
  });
}

/** Scores of a step as they were recorded. */
export function recordedScores({ shape, values }: GoldenTensor, step: number): Scores {
  const [, count = 0] = shape;
  const blocks = [...values.subarray(step * count, (step + 1) * count)];
  return { blocks, mean: blocks.reduce((sum, score) => sum + score, 0) / count };
}

function isSettings(settings: unknown): settings is CaseSettings {
  if (typeof settings !== 'object' || settings === null) return false;
  const { steps, guidance_scale, schedules } = settings as Readonly<Record<string, unknown>>;
  const isRun = Number.isInteger(steps) && Number(steps) >= 1 && Number.isFinite(guidance_scale);
  return isRun && typeof schedules === 'object' && schedules !== null;
}

/** A number as Python writes it. */
function number(text: string): number {
  return text === 'inf' ? Number.POSITIVE_INFINITY : Number(text);
}
