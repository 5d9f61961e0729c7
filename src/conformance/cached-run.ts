import { configurePolicy } from '../cache/index.ts';
import type { OptionValue } from '../cache/options.ts';
import type { RunRecord } from '../cache/run-record.ts';
import type { Branch, RunShape } from '../cache/run-shape.ts';
import { Scheduler } from '../cache/scheduler.ts';
import { Executor } from '../executor/executor.ts';
import type { SitedRun } from '../executor/key-parts.ts';
import { ScheduledForwards } from '../executor/scheduled-forwards.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { ModelRun } from '../pipeline/model-run.ts';
import type { WanFamily, WanRun } from '../pipeline/wan/family.ts';
import { samplerFromConfig } from '../samplers/index.ts';
import type { Sampler } from '../samplers/sampler.ts';
import { type Golden, type GoldenTensor, goldenInput } from './golden.ts';
import type { Precision } from './replay.ts';

/** The prompt embeddings of a recording, by branch. */
const EMBEDDINGS: Readonly<Record<Branch, string>> = { cond: 'in.prompt_embeds', uncond: 'in.negative_prompt_embeds' };

/** How a recorded run was made. */
export interface RecordedSettings {
  readonly steps: number;
  readonly guidanceScale: number;
  readonly branches: readonly Branch[];
  /** Of a run without guidance: whether each second step goes by the name of the other branch. */
  readonly alternates?: boolean;
}

/** A recorded run, made again and again with policies of any options. */
export class CachedRun {
  /** [1, channels, frames, rows, columns]: the noise that it starts from. */
  readonly latents: GoldenTensor;
  /** What policies are told of it. */
  readonly shape: RunShape;
  readonly #prompts: readonly (readonly [Branch, GoldenTensor])[];
  readonly #run: WanRun;
  readonly #sampler: Sampler;

  /** @throws {WeightsError} for inputs that do not fit the model. */
  constructor(
    private readonly gpu: Gpu,
    family: WanFamily,
    golden: Golden,
    private readonly settings: RecordedSettings,
    private readonly precision: Precision,
    private readonly signal?: AbortSignal,
  ) {
    const { transformer } = family.components;
    const { steps, branches, guidanceScale } = settings;
    this.latents = goldenInput(golden, 'in.latents', [1, family.latentChannels, 'any', 'any', 'any']);
    const [, , frames = 0, rows = 0, columns = 0] = this.latents.shape;
    const { textDim } = transformer.config;
    this.#prompts = branches.map((branch) => [branch, goldenInput(golden, EMBEDDINGS[branch], [1, 'any', textDim])]);
    this.#sampler = samplerFromConfig(family.scheduler).create(steps);
    const geometry = {
      latentSize: [frames, rows, columns],
      steps,
      stateRows: this.#sampler.stateRows,
      branches,
      promptLength: Object.fromEntries(this.#prompts.map(([branch, { shape }]) => [branch, shape[1] as number])),
    } as const;
    this.#run = new ModelRun(gpu, family, geometry, precision.operands);
    const shape = this.#run.shape(this.#sampler, guidanceScale, 0);
    this.shape = settings.alternates ? alternating(shape) : shape;
  }

  /**
   * Denoises with a policy.
   *
   * @param onLatents Called with the latents after each step, [channels, frames, rows, columns].
   * @throws {OptionError} for a policy or an option that is not there; {DeviceLostError}; `signal.reason` on abort.
   */
  async denoise(
    policy: string,
    options: Readonly<Record<string, OptionValue>>,
    onLatents: (step: number, latents: Float32Array) => void,
  ): Promise<RunRecord> {
    const { gpu, precision, signal, shape } = this;
    const run = this.#run;
    const { steps, alternates } = this.settings;
    await run.start();
    for (const [branch, { values }] of this.#prompts) run.model.writePrompt(gpu, branch, values);
    const configured = configurePolicy(policy, options);
    const ops = { capabilities: gpu.capabilities, operands: precision.operands };
    const executor = new Executor(alternates ? new Alternating(run) : run, configured, shape, ops);
    const scheduler = new Scheduler(configured.policy, shape, {}, configured.limits);
    const forwards = new ScheduledForwards(executor, scheduler);
    await executor.start(gpu);
    try {
      await run.prepare(this.#sampler, this.latents.values);
      for (let step = 0; step < steps; step++) {
        run.beginStep(step, this.#sampler, this.settings.guidanceScale);
        if (alternates) await forwards.submit(gpu.pacer, Math.floor(step / 2), step % 2 ? 'uncond' : 'cond', signal);
        else for (const key of shape.keys) await forwards.submit(gpu.pacer, step, key, signal);
        await run.program.run('update');
        onLatents(step, await run.latents());
      }
      await forwards.finish();
      return scheduler.record;
    } finally {
      executor.stop();
    }
  }

  /** Frees its memory. */
  dispose(): void {
    this.#run.stop();
  }
}

/** A run without guidance whose only forward goes by the names of both branches. */
class Alternating implements SitedRun {
  readonly recording: SitedRun['recording'];
  readonly sites: SitedRun['sites'];

  constructor(private readonly run: SitedRun) {
    const [only] = run.sites.values();
    this.recording = run.recording;
    this.sites = new Map(only && (['cond', 'uncond'] as const).map((branch) => [branch, only]));
  }

  get program(): SitedRun['program'] {
    return this.run.program;
  }
}

/** A run without guidance as one of half as many steps with it. */
function alternating(shape: RunShape): RunShape {
  const [steps, keys] = [Math.ceil(shape.steps / 2), ['cond', 'uncond'] as const];
  const every = (values: readonly number[]) => values.filter((_, i) => i % 2 === 0);
  return { ...shape, steps, keys, timesteps: every(shape.timesteps), sigmas: [...every(shape.sigmas.slice(0, -1)), 0] };
}
