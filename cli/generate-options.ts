import { MOST_FPS } from '../src/weights/manifest.ts';
import { UsageError } from './errors.ts';
import type { GenerateRequest, LoadRequest } from './harness/api.ts';
import { choiceOption, numberOption, parseOptions, userPath } from './options.ts';
import { POLICY_HELP, PRESET_HELP, parsePolicy } from './policy-options.ts';

/** The help of `generate`. */
export const HELP = `Usage: npm run generate -- --prompt TEXT --out DIR [OPTIONS]

Makes a video from a prompt. Writes DIR/clip.mp4 or .webm, DIR/frames/000.png ..., DIR/report.json.
What is left out comes from the model's entry in weights-manifest.json.

  --prompt TEXT           what to show; of a model of classes one by its name or number
  --out DIR               where to write
  --model NAME            an id of weights-manifest.json, a folder in diffusers' layout, its URL, or a hub id (shapes)
  --variant NAME          which files to read, such as fp16 for *.fp16.safetensors (plain ones, or what is there)
  --negative TEXT         what to steer away from
  --seed NUMBER           the initial noise, as in PyTorch (0)
  --steps NUMBER          denoising steps
  --guidance NUMBER       scale of classifier-free guidance; up to 1 is none
  --sampler NAME          e.g. flow-match-euler, unipc
  --width, --height N     pixels
  --frames N              4k + 1 frames; a model of pictures makes 1
  --fps NUMBER            frames a second
  --policy NAME           how blocks are reused between steps; below
  --set KEY=VALUE         an option of the policy; may be repeated
  --compare               also runs without a policy, and compares
  --operands f32|f16      precision of matmul operands (f16 where the GPU has it)
  --weights f16|stored    f16 halves the memory of a checkpoint in f32 (stored)

Policies, with the defaults of their options:

${POLICY_HELP}

Presets, by --set preset=NAME, tuned for a model; balanced where nothing is set:

${PRESET_HELP}`;

/** A command line that asks for a video. */
export interface GenerateCommand {
  readonly model: string;
  readonly out: string;
  /** Whether to run without the policy, too, and compare. */
  readonly compare: boolean;
  readonly load: Omit<LoadRequest, 'model'>;
  readonly generate: GenerateRequest;
}

/** Reads the arguments of `generate`; undefined where help is asked for. @throws {UsageError} */
export function parseGenerate(args: readonly string[]): GenerateCommand | undefined {
  const text = { type: 'string' } as const;
  const { values, help } = parseOptions(args, {
    prompt: text,
    out: text,
    model: text,
    variant: text,
    negative: text,
    seed: text,
    steps: text,
    guidance: text,
    sampler: text,
    width: text,
    height: text,
    frames: text,
    fps: text,
    policy: text,
    set: { type: 'string', multiple: true },
    compare: { type: 'boolean' },
    operands: text,
    weights: text,
  });
  if (help) return undefined;
  if (values.prompt === undefined) throw new UsageError('--prompt TEXT is missing: what the video shall show.');
  if (!values.out) throw new UsageError('--out DIR is missing: where the video shall be written.');
  const { compare, ...policy } = parsePolicy(values);
  const size = { least: 1, whole: true } as const;
  return {
    model: values.model ?? 'shapes',
    out: userPath(values.out),
    compare,
    load: {
      operands: choiceOption('operands', values.operands, ['f32', 'f16']),
      variant: values.variant,
      weights: choiceOption('weights', values.weights, ['f16', 'stored']),
    },
    generate: {
      ...policy,
      prompt: values.prompt,
      negativePrompt: values.negative,
      seed: numberOption('seed', values.seed, { least: 0, whole: true }),
      steps: numberOption('steps', values.steps, size),
      guidanceScale: numberOption('guidance', values.guidance, { least: 0 }),
      sampler: values.sampler,
      width: numberOption('width', values.width, size),
      height: numberOption('height', values.height, size),
      frames: numberOption('frames', values.frames, size),
      fps: numberOption('fps', values.fps, { least: 0, most: MOST_FPS }),
    },
  };
}
