import { vi } from 'vitest';
import { configurePolicy } from '../../src/cache/index.ts';
import { Scheduler } from '../../src/cache/scheduler.ts';
import type { ReadyCommand } from '../../src/gpu/encode.ts';
import type { Gpu } from '../../src/gpu/gpu.ts';
import { Pacer } from '../../src/gpu/pacer.ts';
import { ScheduledForwards } from '../../src/pipeline/scheduled-forwards.ts';
import { type MakeWithinForward, runShape, WanCache } from '../../src/pipeline/wan-cache.ts';
import { openWanComponents, type WanComponents } from '../../src/pipeline/wan-components.ts';
import { denoise } from '../../src/pipeline/wan-generate.ts';
import { WanRun } from '../../src/pipeline/wan-run.ts';
import { readJson } from '../../src/weights/source.ts';
import { HostDecidedForward } from './host-decided.ts';
import { Random } from './kernel-run.ts';
import { fixtureSource } from './model-folder.ts';

/** Who decides within a step: the GPU, or the host, which reads the score. */
export type Decider = 'gpu' | 'readback';

const byReadback: MakeWithinForward = (_label, _ops, _rule, sections, scores) =>
  new HostDecidedForward(sections, scores);

/** A Wan pipeline, by default a tiny one of two blocks; random prompt embeddings and noise. All of denoising, in no time. */
export class TinyRuns {
  readonly steps: number;

  private constructor(
    readonly gpu: Gpu,
    readonly components: WanComponents,
    readonly run: WanRun,
  ) {
    this.steps = run.geometry.steps;
  }

  /**
   * Loads it, for runs of so many steps with guidance.
   *
   * @param folder A pipeline of 16 latent channels, from `test/fixtures`.
   */
  static async open(gpu: Gpu, steps: number, folder = 'wan-pipeline-euler'): Promise<TinyRuns> {
    const source = fixtureSource(folder);
    const index = (await readJson(source, 'model_index.json')) as Record<string, unknown>;
    const options = { precision: 'stored', capabilities: gpu.capabilities } as const;
    const components = await openWanComponents({ id: 'tiny', source }, index, options);
    for (const weights of components.weights) await weights.load(gpu, {});
    const promptLength = { cond: 5, uncond: 3 };
    const run = new WanRun(gpu, components, { latentSize: [2, 4, 6], steps, stateRows: 1, promptLength }, 'f32');
    await run.start();
    const random = new Random(1);
    const { textDim } = components.transformer.config;
    for (const branch of ['cond', 'uncond'] as const) {
      run.writePrompt(branch, random.values(promptLength[branch] * textDim));
    }
    return new TinyRuns(gpu, components, run);
  }

  /** What a policy keeps, recorded but not allocated. */
  cache(policy: string, options: Readonly<Record<string, unknown>> = {}, decider?: Decider) {
    const configured = configurePolicy(policy, options);
    const { capabilities } = this.gpu;
    const ops = { capabilities, operands: 'f32' } as const;
    const makeWithin = decider === 'readback' ? byReadback : undefined;
    const cache = new WanCache(this.run, configured, this.components.transformer, ops, makeWithin);
    return { cache, scheduler: new Scheduler(configured.policy, runShape(this.run)) };
  }

  /** A whole denoising: final latents, what the scheduler recorded, and every command that was submitted. */
  async denoise(
    policy: string,
    options: Readonly<Record<string, unknown>> = {},
    onStep?: (step: number) => void,
    decider?: Decider,
  ) {
    const { gpu, run } = this;
    const { cache, scheduler } = this.cache(policy, options, decider);
    await cache.start(gpu);
    const submit = vi.spyOn(run.program, 'submit');
    try {
      const { kind, shift } = this.components.sampler;
      await denoise(
        { gpu, run, pacer: new Pacer(gpu) },
        {
          sampler: kind.create(this.steps, shift),
          guidanceScale: 4,
          latents: new Random(2).values(16 * 2 * 4 * 6),
          forwards: new ScheduledForwards(run, cache, scheduler),
          ...(onStep && { onStep }),
        },
      );
      const commands = submit.mock.calls.flatMap(([submitted]) => submitted);
      return { latents: await run.latents(), record: scheduler.record, commands };
    } finally {
      submit.mockRestore();
      cache.stop();
    }
  }

  dispose(): void {
    this.run.stop();
    for (const weights of this.components.weights) weights.dispose(this.gpu);
  }
}

/** How many dispatches run a kernel, by the first part of its name. */
export function countKernels(commands: readonly ReadyCommand[], name: string): number {
  return commands.filter((command) => command.kind === 'dispatch' && command.kernel.name.split('.')[0] === name).length;
}
