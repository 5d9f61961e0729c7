import type { ModelInfo, ModelPart, Report } from 'stillframe';
import type { LoadedModel, RunRequest } from '../engine/protocol.ts';
import type { Run } from './runs.ts';

/** How long a run will take, and from what that follows. */
export interface Estimate {
  readonly seconds: number;
  /** `measured`: from a run of this session; `rough`: from the model's size and the CPU's cores. */
  readonly source: 'measured' | 'rough';
}

/** What of a model says how long its runs take. */
export interface EstimatedModel extends Pick<ModelInfo, 'id' | 'tokens'> {
  readonly parts: readonly Pick<ModelPart, 'name' | 'parameters'>[];
}

/**
 * Multiply-adds a second and core of a CPU that stands in for a GPU. Measured with the embedded model: 7.5 million
 * parameters, 80 tokens and two branches in 0.35 s a step on two cores with SwiftShader.
 */
const CPU_RATE = 1.7e9;

/** Compiling and decoding together, of what the steps take; measured in the same run. */
const BESIDES = 0.6;

/** Frames of a latent frame after the first, in the models that are built. */
const LATENT_FRAMES = 4;

/**
 * About how long a run takes with everything computed: a caching policy makes it shorter, and by how much is known only
 * afterwards.
 *
 * @param runs This session's; those of other models say nothing.
 * @param cores Of the CPU, which stands in for a GPU.
 */
export function estimateSeconds(
  request: RunRequest,
  { info, defaults }: { readonly info: EstimatedModel } & Pick<LoadedModel, 'defaults'>,
  runs: readonly Pick<Run, 'model' | 'report'>[],
  cores: number,
): Estimate {
  const asked = { ...defaults, ...request };
  const last = runs.findLast(({ model, report }) => model === info.id && report.stepSeconds.length > 0);
  if (!last) {
    const transformer = info.parts.find(({ name }) => name === 'transformer');
    const tokens = (info.tokens / volume(defaults)) * forwards(asked);
    const steps = ((transformer?.parameters ?? 0) * tokens) / (CPU_RATE * cores);
    return { seconds: steps * (1 + BESIDES), source: 'rough' };
  }
  const { report } = last;
  const step = computedStepSeconds(report) / forwards({ ...report, steps: 1 });
  const besides = (report.seconds.decode / volume(report)) * volume(asked) + report.seconds.text;
  return { seconds: step * forwards(asked) + besides, source: 'measured' };
}

/** Median time of the steps that computed something. */
function computedStepSeconds({ stepSeconds, schedule }: Pick<Report, 'stepSeconds' | 'schedule'>): number {
  const computed = stepSeconds.filter((_, step) => schedule.cond?.[step] !== '0').sort((a, b) => a - b);
  return computed[Math.floor(computed.length / 2)] ?? 0;
}

interface Size {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
}

/** What goes through the transformer over all steps and branches, as `volume` counts it. */
function forwards(run: Size & { readonly steps: number; readonly guidanceScale: number }): number {
  return run.steps * (run.guidanceScale > 1 ? 2 : 1) * volume(run);
}

/** Pixels of all latent frames: tokens, and what the decoder does, are proportional to it. */
function volume({ width, height, frames }: Size): number {
  return width * height * ((frames - 1) / LATENT_FRAMES + 1);
}
