import { configurePolicy } from '../cache/index.ts';
import type { OptionValue } from '../cache/options.ts';
import type { Branch } from '../cache/policy.ts';
import { type RunRecord, Scheduler } from '../cache/scheduler.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { Pacer } from '../gpu/pacer.ts';
import type { ConfigJson } from '../models/config.ts';
import { ScheduledForwards } from '../pipeline/scheduled-forwards.ts';
import { runShape, WanCache } from '../pipeline/wan-cache.ts';
import { openWanComponents, type WanComponents } from '../pipeline/wan-components.ts';
import { denoise } from '../pipeline/wan-generate.ts';
import { WanRun } from '../pipeline/wan-run.ts';
import { readJson, type WeightSource } from '../weights/source.ts';
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
import { type Golden, type GoldenTensor, goldenInput, readGolden } from './golden.ts';
import { differByRounding, type TwoRuns } from './near-threshold.ts';
import type { Precision } from './replay.ts';

/** The prompt embeddings of a case, by branch. */
const EMBEDDINGS: Readonly<Record<Branch, string>> = { cond: 'in.prompt_embeds', uncond: 'in.negative_prompt_embeds' };

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
  const components = await openWanComponents({ id: model.label, source: model }, index, open);
  try {
    for (const weights of components.weights) await weights.load(gpu, { signal });
    for (const file of files) {
      const golden = await readGolden(cases, file, signal);
      const runner = new CaseRunner(gpu, components, golden, precision, signal);
      try {
        for (const recorded of recordedProbes(golden, runner.settings)) {
          if (only && only.probe !== recorded.probe) continue;
          const thresholds = recorded.thresholds.filter(({ threshold }) => !only || threshold === only.threshold);
          yield* runner.rows({ ...recorded, thresholds });
        }
      } finally {
        runner.dispose();
      }
    }
  } finally {
    for (const weights of components.weights) weights.dispose(gpu);
  }
}

/** Runs one case again and again, with a policy's options. */
class CaseRunner {
  readonly settings: CaseSettings;
  readonly #latents: GoldenTensor;
  readonly #prompts: readonly (readonly [Branch, GoldenTensor])[];
  readonly #run: WanRun;
  readonly #pacer: Pacer;

  constructor(
    private readonly gpu: Gpu,
    private readonly components: WanComponents,
    private readonly golden: Golden,
    private readonly precision: Precision,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.settings = caseSettings(golden);
    this.#pacer = new Pacer(gpu);
    const { transformer, vaeConfig } = components;
    this.#latents = goldenInput(golden, 'in.latents', [1, vaeConfig.zDim, 'any', 'any', 'any']);
    const [, , frames = 0, rows = 0, columns = 0] = this.#latents.shape;
    const { textDim } = transformer.config;
    this.#prompts = caseBranches(golden).map((branch) => {
      return [branch, goldenInput(golden, EMBEDDINGS[branch], [1, 'any', textDim])];
    });
    const geometry = {
      latentSize: [frames, rows, columns],
      steps: this.settings.steps,
      stateRows: 1,
      promptLength: Object.fromEntries(this.#prompts.map(([branch, { shape }]) => [branch, shape[1] as number])),
    } as const;
    this.#run = new WanRun(gpu, components, geometry, precision.operands);
  }

  async *rows({ probe, scores, thresholds }: RecordedProbe): AsyncIterable<CachingRow> {
    const name = this.golden.file.replace('.safetensors', '');
    const { steps, schedules } = this.settings;
    const options = { ...caseOptions(this.settings), probe };
    const { probe: measures } = configurePolicy('bwcache', options).policy.requirements(runShape(this.#run));
    const shape = [steps, measures?.blocks.length ?? 0];
    for (const branch of scores.keys()) goldenInput(this.golden, `scores.${probe}.${branch}`, shape);
    // Every branch is measured, also where one decides for both.
    const measured = await this.#denoise({ ...options, branches: 'separate', threshold: 0 });
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
      const { schedule, scores: own } = await this.#denoise({ ...options, threshold });
      const final = goldenInput(this.golden, `latents.${key}`, this.#latents.shape).values;
      const recorded = schedules[key] ?? {};
      const isEqual = [...scores.keys()].every((branch) => schedule[branch] === recorded[branch]);
      const runs: TwoRuns = {
        shape: runShape(this.#run),
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
        latents: compare(key, await this.#run.latents(), final).relativeL2,
      };
    }
  }

  dispose(): void {
    this.#run.stop();
  }

  async #denoise(options: Readonly<Record<string, OptionValue>>): Promise<RunRecord> {
    const { gpu, components, precision, signal } = this;
    const run = this.#run;
    await run.start();
    for (const [branch, { values }] of this.#prompts) run.writePrompt(branch, values);
    const configured = configurePolicy('bwcache', options);
    const ops = { capabilities: gpu.capabilities, operands: precision.operands };
    const cache = new WanCache(run, configured, components.transformer, ops);
    const scheduler = new Scheduler(configured.policy, runShape(run));
    await cache.start(gpu);
    try {
      const { kind, shift } = components.sampler;
      await denoise(
        { gpu, pacer: this.#pacer, run, signal },
        {
          sampler: kind.create(this.settings.steps, shift),
          guidanceScale: this.settings.guidance_scale,
          latents: this.#latents.values,
          forwards: new ScheduledForwards(run, cache, scheduler),
        },
      );
      return scheduler.record;
    } finally {
      cache.stop();
    }
  }
}
