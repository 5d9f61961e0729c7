import { vi } from 'vitest';
import { configurePolicy } from '../../src/cache/index.ts';
import { type ConfiguredPolicy, policyKind } from '../../src/cache/kind.ts';
import type { Policy } from '../../src/cache/policy.ts';
import type { RunShape } from '../../src/cache/run-shape.ts';
import { Scheduler } from '../../src/cache/scheduler.ts';
import { type Decider, Executor } from '../../src/executor/executor.ts';
import { ScheduledForwards } from '../../src/executor/scheduled-forwards.ts';
import type { ReadyCommand } from '../../src/gpu/encode.ts';
import type { Gpu } from '../../src/gpu/gpu.ts';
import { denoise } from '../../src/pipeline/denoise.ts';
import { ModelRun } from '../../src/pipeline/model-run.ts';
import { loadWeights } from '../../src/pipeline/parts.ts';
import type { WanFamily, WanRun } from '../../src/pipeline/wan/family.ts';
import type { WanGeometry } from '../../src/pipeline/wan/geometry.ts';
import { openFamily } from '../../src/pipeline/wan.ts';
import { samplerFromConfig } from '../../src/samplers/index.ts';
import type { Sampler } from '../../src/samplers/sampler.ts';
import { readJson } from '../../src/weights/source.ts';
import { Random } from './kernel-run.ts';
import { fixtureSource } from './model-folder.ts';

const GUIDANCE = 4;

/** A Wan pipeline, by default a tiny one of two blocks; random prompt embeddings and noise. All of denoising, in no time. */
export class TinyRuns {
  readonly steps: number;
  /** What policies are told of it. */
  readonly shape: RunShape;

  private constructor(
    readonly gpu: Gpu,
    readonly family: WanFamily,
    readonly run: WanRun,
  ) {
    this.steps = run.geometry.steps;
    this.shape = run.shape(this.sampler, GUIDANCE, 0);
  }

  /**
   * Loads it, for runs of so many steps with guidance.
   *
   * @param folder A pipeline of 16 latent channels, from `test/fixtures`.
   */
  static async open(
    gpu: Gpu,
    steps: number,
    folder = 'wan-pipeline-euler',
    changes: Partial<WanGeometry> = {},
  ): Promise<TinyRuns> {
    const source = fixtureSource(folder);
    const index = (await readJson(source, 'model_index.json')) as Record<string, unknown>;
    const options = { precision: 'stored', capabilities: gpu.capabilities } as const;
    const family = await openFamily({ source }, index, options);
    await loadWeights(gpu, family);
    const promptLength = { cond: 5, uncond: 3 };
    const geometry: WanGeometry = {
      ...{ latentSize: [2, 4, 6], steps, stateRows: 1, branches: ['cond', 'uncond'], promptLength },
      ...changes,
    };
    const run = new ModelRun(gpu, family, geometry, 'f32');
    await run.start();
    const random = new Random(1);
    const { textDim } = family.components.transformer.config;
    for (const branch of ['cond', 'uncond'] as const) {
      run.model.writePrompt(gpu, branch, random.values(promptLength[branch] * textDim));
    }
    return new TinyRuns(gpu, family, run);
  }

  /** What a policy keeps, recorded but not allocated. @param policy A name, or one of the test's own. */
  cache(policy: string | Policy, options: Readonly<Record<string, unknown>> = {}, decider?: Decider) {
    const configured = typeof policy === 'string' ? configurePolicy(policy, options) : ownPolicy(policy, options);
    const { capabilities } = this.gpu;
    const ops = { capabilities, operands: 'f32' } as const;
    const cache = new Executor(this.run, configured, this.shape, ops, decider);
    return { cache, scheduler: new Scheduler(configured.policy, this.shape, {}, configured.limits) };
  }

  /** A whole denoising: final latents, what the scheduler recorded, and every command that was submitted. */
  async denoise(
    policy: string | Policy,
    options: Readonly<Record<string, unknown>> = {},
    onStep?: (step: number) => void,
    decider?: Decider,
  ) {
    const { gpu, run } = this;
    const { cache, scheduler } = this.cache(policy, options, decider);
    await cache.start(gpu);
    const submit = vi.spyOn(gpu, 'submit');
    try {
      await denoise(
        { gpu, run },
        {
          sampler: this.sampler,
          guidanceScale: GUIDANCE,
          latents: new Random(2).values(16 * 2 * 4 * 6),
          forwards: new ScheduledForwards(cache, scheduler),
          ...(onStep && { onStep }),
        },
      );
      const commands = submit.mock.calls.flatMap(([, submitted]) => submitted);
      return { latents: await run.latents(), record: scheduler.record, commands };
    } finally {
      submit.mockRestore();
      cache.stop();
    }
  }

  /** The file's own, for so many steps. */
  get sampler(): Sampler {
    return samplerFromConfig(this.family.scheduler).create(this.run.geometry.steps);
  }

  dispose(): void {
    this.run.stop();
    for (const { weights } of this.family.parts) weights.dispose(this.gpu);
  }
}

/** How many dispatches run a kernel, by the first part of its name. */
export function countKernels(commands: readonly ReadyCommand[], name: string): number {
  return commands.filter((command) => command.kind === 'dispatch' && command.kernel.name.split('.')[0] === name).length;
}

/** A policy of a test's own, with the options that all policies have. */
function ownPolicy(policy: Policy, options: Readonly<Record<string, unknown>>): ConfiguredPolicy {
  const words = { title: 'Own', group: 'blocks', summary: 'a policy of a test', plain: 'A policy of a test.' } as const;
  return policyKind('own', words, {}, () => policy).configure(options);
}
