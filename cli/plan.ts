import { readFile, stat } from 'node:fs/promises';
import { register } from 'node:module';
import { join } from 'node:path';
import { ROOT } from '../scripts/setup/system.mjs';
import type { DeviceDescription } from '../src/gpu/paper-device.ts';
import type { ModelPlan, PlanOptions } from '../src/pipeline/plan-model.ts';
import type { ModelParts, ModelReference, PartReference } from '../src/pipeline/types.ts';
import { type ModelEntry, parseManifest } from '../src/weights/manifest.ts';
import { diskSource } from './disk-source.ts';
import { UsageError } from './errors.ts';
import { choiceOption, numberOption, parseOptions, userPath } from './options.ts';
import { formatTable } from './table.ts';

const HELP = `Usage: npm run plan -- [OPTIONS]

Says before a download what a model takes, whether it fits a GPU, and the cheapest settings with which it does, from
configurations and headers alone. Exits 1 where it does not fit at all.

  --model NAME            an id of weights-manifest.json, a folder in diffusers' layout, its URL, or a hub id (shapes)
  --transformer, --vae, --text-encoder, --tokenizer, --scheduler PATH
                          parts instead of --model: files (.safetensors, .gguf), folders, URLs or hub ids
  --variant NAME          files of the model to read, as generate has it
  --width, --height N     pixels
  --frames N              4k + 1 frames
  --steps N               denoising steps
  --policy NAME           a caching method, whose memory counts
  --weights NAME          f16, f32 or stored, as the library has it (stored)
  --gpu FILE              the GPU: JSON with maxBufferSize, maxStorageBufferBindingSize, features, memoryBytes
                          (WebGPU's default limits, no feature, and as much memory as it takes)
  --json                  the plan as JSON`;

const PARTS = {
  transformer: 'transformer',
  vae: 'vae',
  'text-encoder': 'textEncoder',
  tokenizer: 'tokenizer',
  scheduler: 'scheduler',
} as const;

/** `plan --model NAME`: prints a plan. @returns the exit code. @throws {UsageError | CommandError} */
export async function run(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, help } = parseOptions(args, {
    model: text,
    transformer: text,
    vae: text,
    'text-encoder': text,
    tokenizer: text,
    scheduler: text,
    variant: text,
    width: text,
    height: text,
    frames: text,
    steps: text,
    policy: text,
    weights: text,
    gpu: text,
    json: { type: 'boolean' },
  });
  if (help) {
    console.log(HELP);
    return 0;
  }
  const whole = { least: 1, whole: true } as const;
  const size = Object.fromEntries(
    (['width', 'height', 'frames', 'steps'] as const).flatMap((name) => {
      const value = numberOption(name, values[name], whole);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const weights = choiceOption('weights', values.weights, ['f16', 'f32', 'stored']);
  const { model, defaults } = await chosenModel(values);
  const options: PlanOptions = {
    ...defaults,
    ...size,
    ...(weights && { weights }),
    ...(values.policy !== undefined && { policy: values.policy }),
    ...(values.variant !== undefined && { variant: values.variant }),
    ...(values.gpu !== undefined && { gpu: await readGpu(values.gpu) }),
  };
  // Kernels are recorded, not compiled: Node reads their files as text.
  register('../scripts/wgsl-loader.mjs', import.meta.url);
  const { planModel } = await import('../src/pipeline/plan-model.ts');
  const plan = await planModel(model, options);
  console.log(values.json ? JSON.stringify(plan, undefined, 2) : formatPlan(plan));
  return plan.verdict === 'does not fit' ? 1 : 0;
}

interface ChosenModel {
  readonly model: ModelReference;
  readonly defaults?: ModelEntry['defaults'];
}

async function chosenModel(values: Readonly<Record<string, unknown>>): Promise<ChosenModel> {
  const parts: Record<string, PartReference> = {};
  for (const [option, name] of Object.entries(PARTS)) {
    const value = values[option];
    if (typeof value === 'string') parts[name] = await located(value);
  }
  const isParts = Object.keys(parts).length > 0;
  if (isParts && values.model !== undefined)
    throw new UsageError('--model is given beside parts: give one or the other.');
  if (isParts) return { model: parts as unknown as ModelParts };
  const name = typeof values.model === 'string' ? values.model : 'shapes';
  const { models } = parseManifest(JSON.parse(await readFile(join(ROOT, 'weights-manifest.json'), 'utf8')));
  const entry = models.find(({ id }) => id === name);
  if (!entry) return { model: await located(name) };
  const model = /^https?:/.test(entry.url) ? entry.url : await diskSource(join(ROOT, entry.url));
  return { model, defaults: entry.defaults };
}

/** What is there is of this machine; else an address or a hub id. */
async function located(name: string): Promise<Exclude<PartReference, File>> {
  const path = userPath(name);
  const isHere = await stat(path).then(
    () => true,
    () => false,
  );
  return isHere ? diskSource(path) : name;
}

async function readGpu(file: string): Promise<PlanOptions['gpu'] & DeviceDescription> {
  const wrong = (problem: string) => new UsageError(`--gpu ${file}: ${problem}.`);
  const json: unknown = await readFile(userPath(file), 'utf8')
    .then(JSON.parse)
    .catch((error: Error) => {
      throw wrong(error.message);
    });
  if (typeof json !== 'object' || json === null) throw wrong('it holds no object');
  for (const [key, value] of Object.entries(json)) {
    if (key === 'features' && Array.isArray(value)) continue;
    const isSize = ['maxBufferSize', 'maxStorageBufferBindingSize', 'memoryBytes'].includes(key);
    if (!(isSize && typeof value === 'number' && value > 0)) {
      throw wrong(
        `${key} is ${JSON.stringify(value)}; it takes features, a list, and maxBufferSize, maxStorageBufferBindingSize and memoryBytes, in bytes`,
      );
    }
  }
  return json;
}

/** A plan as text. */
export function formatPlan(plan: ModelPlan): string {
  const { width, height, frames } = plan.size;
  const columns = [{ title: 'part' }, { title: 'download', numeric: true }, { title: 'GPU', numeric: true }];
  const parts = plan.parts.map((part) => [part.name, shown(part.downloadBytes), shown(part.bytes)]);
  const phases = plan.phases.map(({ phase, bytes }) => [phase, shown(bytes)]);
  const { label, bytes, limit } = plan.largestBuffer;
  return [
    `${plan.model}: ${frames} frames of ${width} x ${height}, ${plan.tokens} tokens`,
    '',
    formatTable(columns, [...parts, ['all', shown(plan.downloadBytes), shown(plan.memory.weightsBytes)]]),
    '',
    formatTable([{ title: 'phase' }, { title: 'GPU at once', numeric: true }], phases),
    '',
    `largest binding: ${label}, ${shown(bytes)} of ${shown(limit)}`,
    ...plan.problems,
    '',
    plan.changes ? `${plan.verdict}: ${describeChanges(plan.changes)}` : plan.verdict,
  ].join('\n');
}

function describeChanges({ weights, textEncoder, size }: NonNullable<ModelPlan['changes']>): string {
  return [
    ...(weights ? [`weights: '${weights}'`] : []),
    ...(textEncoder === false ? ['prompt embeddings, in parts without a text encoder'] : []),
    ...(size ? [`${size.frames} frames of ${size.width} x ${size.height}`] : []),
  ].join('; ');
}

function shown(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
