import { configurePolicy } from '../../src/cache/index.ts';
import { Executor } from '../../src/executor/executor.ts';
import { Gpu } from '../../src/gpu/gpu.ts';
import type { Program } from '../../src/gpu/program.ts';
import { profile } from '../../src/gpu/timing.ts';
import type { ConfigJson } from '../../src/models/config.ts';
import { ModelRun } from '../../src/pipeline/model-run.ts';
import { loadWeights } from '../../src/pipeline/parts.ts';
import type { WanFamily, WanRun } from '../../src/pipeline/wan/family.ts';
import type { WanGeometry } from '../../src/pipeline/wan/geometry.ts';
import { openFamily } from '../../src/pipeline/wan.ts';
import { samplerFromConfig } from '../../src/samplers/index.ts';
import { randn } from '../../src/samplers/noise.ts';
import { readJson, sourceFromUrl } from '../../src/weights/source.ts';
import { LATENT_SIZE, PROMPT_LENGTH } from './forward.ts';
import { measure, programArm, type Timing } from './measure.ts';
import { benchSteps, type StepCosts } from './steps.ts';

const PROMPT = 'a red circle moving left on a sky background';

/** The steps whose time embeddings are computed at once. */
const STEPS = 30;

/** Profiles of each phase, of which the medians count. */
const PROFILES = 5;

/** What all dispatches of a kernel take in one run of a phase. */
export interface KernelShare {
  readonly kernel: string;
  readonly dispatches: number;
  readonly seconds: number;
}

/** A part of a generation. */
export interface PhaseResult extends Timing {
  readonly phase: string;
  /** How often a generation of 17 frames with guidance runs it. */
  readonly runs: number;
  /** Each dispatch in a pass of its own: more in sum than the phase. */
  readonly kernels: readonly KernelShare[];
}

/** What the embedded model takes. */
export interface ModelResult {
  readonly phases: readonly PhaseResult[];
  /** Of BWCache with its defaults. */
  readonly costs: StepCosts;
}

/** Times the phases of a generation with the embedded model, whole and by kernel, and the steps of a caching policy. */
export async function benchModel(): Promise<ModelResult> {
  const gpu = await Gpu.request();
  try {
    const source = sourceFromUrl('/models/shapes/');
    const index = (await readJson(source, 'model_index.json')) as ConfigJson;
    const family = await openFamily({ source }, index, {
      precision: 'stored',
      capabilities: gpu.capabilities,
    });
    await loadWeights(gpu, family);
    const promptLength = { cond: PROMPT_LENGTH, uncond: PROMPT_LENGTH };
    const { stateRows } = samplerFromConfig(family.scheduler);
    const geometry: WanGeometry = {
      ...{ latentSize: LATENT_SIZE, steps: STEPS, stateRows, branches: ['cond', 'uncond'] },
      ...{ promptLength, textLength: PROMPT_LENGTH },
    };
    const { capabilities } = gpu;
    const operands = capabilities.f16 ? 'f16' : 'f32';
    const run = new ModelRun(gpu, family, geometry, operands);
    await run.start();
    await checkStep(gpu, family, run);
    const sampler = samplerFromConfig(family.scheduler).create(STEPS);
    const shape = run.shape(sampler, 4, 0);
    const executor = new Executor(run, configurePolicy('bwcache'), shape, { capabilities, operands });
    await executor.start(gpu);
    const costs = await benchSteps(gpu, run, shape, executor);
    const results = [];
    for (const phase of phases(run)) results.push(await benchPhase(gpu, run.program, phase));
    return { phases: results, costs };
  } finally {
    gpu.dispose();
  }
}

interface Phase {
  readonly name: string;
  readonly runs: number;
  readonly sections: readonly string[];
}

function phases(run: WanRun): Phase[] {
  const forward = run.sites.get('cond')?.sections;
  const [first, ...others] = run.decoding.chunks;
  if (!forward || !run.model.text || !first) throw new Error('the run lacks a phase');
  return [
    { name: 'text', runs: 2, sections: run.model.text.sections },
    { name: 'timesteps', runs: 1, sections: ['timesteps'] },
    { name: 'prompt', runs: 2, sections: ['prompt.cond'] },
    { name: 'forward', runs: 2 * STEPS, sections: [forward.embed, ...forward.blocks, forward.head] },
    { name: 'update', runs: STEPS, sections: ['update'] },
    { name: 'decode, first frame', runs: 1, sections: first.sections },
    { name: 'decode, next 4 frames', runs: others.length, sections: others[0]?.sections ?? [] },
  ];
}

/** Runs a step as a generation would: what is timed then works on real values. @throws when they are not finite. */
async function checkStep(gpu: Gpu, { scheduler, components }: WanFamily, run: WanRun): Promise<void> {
  const tokens = components.text?.tokenizer.encode(PROMPT, PROMPT_LENGTH);
  for (const branch of ['cond', 'uncond'] as const) {
    await run.model.encodePrompt({ gpu, program: run.program }, branch, tokens?.ids ?? [], tokens?.mask ?? []);
  }
  const steps = samplerFromConfig(scheduler).create(STEPS);
  const [frames, rows, columns] = LATENT_SIZE;
  await run.prepare(steps, randn(16 * frames * rows * columns, 0));
  run.beginStep(0, steps, 4);
  for (const { sections } of run.sites.values()) {
    await run.program.run(sections.embed, ...sections.blocks, sections.head);
  }
  await run.program.run('update');
  const latents = await run.latents();
  if (!latents.every(Number.isFinite)) throw new Error('a step gave latents that are not finite');
}

async function benchPhase(gpu: Gpu, program: Program, { name, runs, sections }: Phase): Promise<PhaseResult> {
  const arm = programArm(gpu, name, program, sections);
  const [timing] = await measure([arm]);
  const kernels = await profileKernels(gpu, program, sections);
  return { phase: name, runs, ...(timing as Timing), kernels };
}

/** Sums over equal kernels, the costliest first. */
async function profileKernels(gpu: Gpu, program: Program, sections: readonly string[]): Promise<KernelShare[]> {
  const profiles = [];
  for (let i = 0; i < PROFILES; i++) profiles.push(await profile(gpu, program.commands(sections)));
  const shares = new Map<string, { kernel: string; dispatches: number; seconds: number }>();
  for (const [i, { kernel }] of (profiles[0] ?? []).entries()) {
    const seconds = profiles.map((times) => times[i]?.seconds ?? 0).sort((a, b) => a - b);
    const share = shares.get(kernel) ?? { kernel, dispatches: 0, seconds: 0 };
    share.dispatches++;
    share.seconds += seconds[Math.floor(PROFILES / 2)] as number;
    shares.set(kernel, share);
  }
  return [...shares.values()].sort((a, b) => b.seconds - a.seconds);
}
