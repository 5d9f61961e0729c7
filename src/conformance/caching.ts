import { configurePolicy } from '../cache/index.ts';
import { measuredSites } from '../cache/run-log.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { ConfigJson } from '../models/config.ts';
import { loadWeights } from '../pipeline/parts.ts';
import { openFamily } from '../pipeline/wan.ts';
import { readJson, type WeightSource } from '../weights/source.ts';
import { CachedRun } from './cached-run.ts';
import {
  type CaseSettings,
  caseBranches,
  caseOptions,
  caseSettings,
  type RecordedProbe,
  recordedProbes,
  recordedScores,
} from './caching-case.ts';
import { compare } from './compare.ts';
import { type Golden, goldenInput, readGolden } from './golden.ts';
import { differByRounding, type TwoRuns } from './near-threshold.ts';
import type { Precision } from './replay.ts';

/** What caching measured or decided, beside its recording. */
export type CachingRow =
  | {
      readonly kind: 'scores';
      /** E.g. `case-0 scores.feature.cond`. */
      readonly name: string;
      /** Largest relative difference of all steps and blocks; infinite when one is missing. */
      readonly difference: number;
    }
  | {
      readonly kind: 'schedule';
      /** E.g. `case-0 feature.0.08`. */
      readonly name: string;
      /** Whether the schedules of all branches are the recorded ones. */
      readonly isEqual: boolean;
      /** Whether schedules that differ do so by rounding: in decisions whose mean lies at the threshold. */
      readonly isExcused: boolean;
      /** Relative L2 error of the final latents. */
      readonly latents: number;
    };

/** What is run. */
export interface CachingOptions {
  readonly precision: Precision;
  /** Files of the folder, such as `case-0.safetensors`. */
  readonly files: readonly string[];
  /** Which of the recorded runs to repeat, such as `feature` and 0.08; all by default. */
  readonly only?: { readonly probe: string; readonly threshold: number };
  readonly signal?: AbortSignal;
}

/**
 * Repeats recorded runs of BWCache through the real scheduler: for each probe a run that never reuses, whose scores
 * are compared, and for each threshold one whose schedule and final latents are.
 *
 * @param model The folder of the model that the cases were recorded with. @param cases The folder with the cases.
 * @throws errors of loading and running.
 */
export async function* cachingConformance(
  gpu: Gpu,
  model: WeightSource,
  cases: WeightSource,
  { precision, files, only, signal }: CachingOptions,
): AsyncIterable<CachingRow> {
  const index = (await readJson(model, 'model_index.json', signal)) as ConfigJson;
  const { capabilities } = gpu;
  const open = { precision: precision.weights, capabilities, signal };
  const family = await openFamily({ source: model }, index, open);
  try {
    await loadWeights(gpu, family, signal);
    for (const file of files) {
      const golden = await readGolden(cases, file, signal);
      const settings = caseSettings(golden);
      const { steps, guidance_scale: guidanceScale } = settings;
      const made = { steps, guidanceScale, branches: caseBranches(golden) };
      const run = new CachedRun(gpu, family, golden, made, precision, signal);
      try {
        for (const recorded of recordedProbes(golden, settings)) {
          if (only && only.probe !== recorded.probe) continue;
          const thresholds = recorded.thresholds.filter(({ threshold }) => !only || threshold === only.threshold);
          yield* rows(run, golden, settings, { ...recorded, thresholds });
        }
      } finally {
        run.dispose();
      }
    }
  } finally {
    for (const { weights } of family.parts) weights.dispose(gpu);
  }
}

/** What one probe of a case comes to. */
async function* rows(
  run: CachedRun,
  golden: Golden,
  settings: CaseSettings,
  { probe, scores, thresholds }: RecordedProbe,
): AsyncIterable<CachingRow> {
  const name = golden.file.replace('.safetensors', '');
  const { steps, schedules } = settings;
  const options = { ...caseOptions(settings), probe };
  const [measures] = measuredSites(configurePolicy('bwcache', options).policy.declare(run.shape));
  const shape = [steps, measures?.sites.length ?? 0];
  for (const branch of scores.keys()) goldenInput(golden, `scores.${probe}.${branch}`, shape);
  // Every branch is measured, also where one decides for both.
  const measured = await run.denoise('bwcache', { ...options, branches: 'separate', threshold: 0 }, () => {});
  for (const [branch, recorded] of scores) {
    const ours = measured.scores.filter((row) => row.branch === branch);
    let difference = ours.length === steps - 1 ? 0 : Number.POSITIVE_INFINITY;
    for (const { step, blocks } of ours) {
      for (const [i, want] of recordedScores(recorded, step).blocks.entries()) {
        difference = Math.max(difference, Math.abs((blocks[i] ?? Number.NaN) / want - 1));
      }
    }
    yield { kind: 'scores', name: `${name} scores.${probe}.${branch}`, difference };
  }
  for (const { key, threshold } of thresholds) {
    let latents = new Float32Array();
    const { schedule, scores: own } = await run.denoise('bwcache', { ...options, threshold }, (_, values) => {
      latents = new Float32Array(values);
    });
    const final = goldenInput(golden, `latents.${key}`, run.latents.shape).values;
    const recorded = schedules[key] ?? {};
    const isEqual = [...scores.keys()].every((branch) => schedule[branch] === recorded[branch]);
    const runs: TwoRuns = {
      shape: run.shape,
      options: { ...options, threshold },
      recorded,
      ours: schedule,
      recordedMean: (step, branch) => {
        const golden = scores.get(branch);
        return golden && recordedScores(golden, step).mean;
      },
      ourMean: (step, branch) => own.find((row) => row.step === step && row.branch === branch)?.mean,
    };
    yield {
      kind: 'schedule',
      name: `${name} ${key}`,
      isEqual,
      isExcused: !isEqual && differByRounding(runs),
      latents: compare(key, latents, final).relativeL2,
    };
  }
}
