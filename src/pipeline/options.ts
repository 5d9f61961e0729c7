import { configurePolicy } from '../cache/index.ts';
import type { ConfiguredPolicy } from '../cache/kind.ts';
import type { Branch } from '../cache/run-shape.ts';
import { OptionError } from '../errors.ts';
import { type KnownKeys, refuseUnknown } from '../known-keys.ts';
import type { ConfigJson } from '../models/config.ts';
import { chooseSampler } from '../samplers/index.ts';
import type { ConfiguredSampler } from '../samplers/sampler.ts';
import { MOST_FPS, type ModelDefaults } from '../weights/manifest.ts';
import type { SizeRules } from './clip-size.ts';
import type { GenerateOptions, PreviewOptions } from './types.ts';

/** A run's settings, complete and checked. */
export interface RunSettings {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly seed: number;
  readonly steps: number;
  /** Of which the policy may have taken a share. */
  readonly stepsAsked: number;
  readonly guidanceScale: number;
  readonly sampler: ConfiguredSampler;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Frames a second. */
  readonly fps: number;
  /** With guidance above 1, a forward without the prompt, too. */
  readonly branches: readonly Branch[];
  readonly policy: ConfiguredPolicy;
}

const OPTIONS: KnownKeys<GenerateOptions> = {
  prompt: 1,
  negativePrompt: 1,
  promptEmbeds: 1,
  negativePromptEmbeds: 1,
  seed: 1,
  latents: 1,
  steps: 1,
  guidanceScale: 1,
  sampler: 1,
  width: 1,
  height: 1,
  frames: 1,
  fps: 1,
  policy: 1,
  policyOptions: 1,
  signal: 1,
  onProgress: 1,
  onStep: 1,
  onForward: 1,
  onScores: 1,
  preview: 1,
};
const PREVIEW_OPTIONS: KnownKeys<PreviewOptions> = { every: 1, onPreview: 1 };

/** Largest side or count that is taken for a slip of the keyboard rather than a wish. */
const MOST = 100_000;

/**
 * Fills in defaults and checks every option.
 *
 * @param scheduler The model's `scheduler_config.json`.
 * @throws {OptionError} naming the option, its value and what it may be; {UnsupportedModelError} for a default sampler
 * that is not built.
 */
export function resolveSettings(
  options: GenerateOptions,
  defaults: ModelDefaults,
  rules: SizeRules,
  scheduler: ConfigJson,
): RunSettings {
  refuseUnknown('generate', options, OPTIONS);
  const guidanceScale = finite('guidanceScale', options.guidanceScale ?? defaults.guidanceScale);
  if (options.prompt === undefined && options.promptEmbeds === undefined) {
    throw new OptionError('prompt is missing.', 'Pass prompt, or promptEmbeds with embeddings of your own.');
  }
  const prompt = text('prompt', options.prompt ?? '');
  const width = side('width', options.width ?? defaults.width, rules.pixels);
  const height = side('height', options.height ?? defaults.height, rules.pixels);
  if (rules.square && width !== height) {
    throw new OptionError(`The size is ${width} x ${height}; this model makes squares.`, `Use ${width} x ${width}.`);
  }
  const frames = frameCount(options.frames ?? defaults.frames, rules.frames);
  if (options.preview) {
    refuseUnknown('preview', options.preview, PREVIEW_OPTIONS);
    count('preview.every', options.preview.every);
  }
  const policy = configurePolicy(text('policy', options.policy ?? 'none'), options.policyOptions);
  const stepsAsked = count('steps', options.steps ?? defaults.steps);
  const steps = policy.policy.steps?.(stepsAsked) ?? stepsAsked;
  policy.limits.check(steps);
  return {
    prompt,
    negativePrompt: text('negativePrompt', options.negativePrompt ?? ''),
    seed: seed(options.seed ?? 0),
    steps,
    stepsAsked,
    guidanceScale,
    sampler: chooseSampler(text('sampler', options.sampler ?? defaults.sampler), scheduler),
    width,
    height,
    frames,
    fps: rate('fps', options.fps ?? defaults.fps),
    branches: guidanceScale > 1 ? ['cond', 'uncond'] : ['cond'],
    policy,
  };
}

function finite(name: string, value: number): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new OptionError(`${name} is ${String(value)}.`, `Pass a finite number; 1 is no guidance.`);
}

function text(name: string, value: string): string {
  if (typeof value === 'string') return value;
  throw new OptionError(`${name} is ${String(value)}.`, 'Pass a string.');
}

function count(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= MOST) return value;
  throw new OptionError(`${name} is ${String(value)}.`, `Pass an integer from 1 to ${MOST}.`);
}

function frameCount(value: number, multiple: number): number {
  const frames = count('frames', value);
  const near = 1 + (multiple === 0 ? 0 : Math.round((frames - 1) / multiple)) * multiple;
  if (frames === near) return frames;
  const made = multiple === 0 ? 'pictures, of 1 frame' : `${multiple} k + 1 frames`;
  throw new OptionError(`frames is ${frames}; this model makes ${made}.`, `Use ${near}, for example.`);
}

function rate(name: string, value: number): number {
  if (typeof value === 'number' && value > 0 && value <= MOST_FPS) return value;
  throw new OptionError(`${name} is ${String(value)}.`, `Pass a number above 0, up to ${MOST_FPS}.`);
}

function side(name: string, value: number, multiple: number): number {
  if (Number.isInteger(value) && value >= multiple && value <= MOST && value % multiple === 0) return value;
  const near = Number.isFinite(value) ? Math.max(1, Math.round(Math.min(value, MOST) / multiple)) * multiple : multiple;
  throw new OptionError(
    `${name} is ${String(value)}; this model needs a multiple of ${multiple} pixels.`,
    `Use ${near}, for example.`,
  );
}

function seed(value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new OptionError(`seed is ${String(value)}.`, `Pass an integer from 0 to ${Number.MAX_SAFE_INTEGER}.`);
}
