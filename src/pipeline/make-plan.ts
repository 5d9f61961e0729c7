/**
 * Plans of models: loaded when one is asked for.
 *
 * @module
 */

import { OptionError } from '../errors.ts';
import { Gpu } from '../gpu/gpu.ts';
import { largestAllowed } from '../gpu/limits.ts';
import type { BufferRequest } from '../gpu/memory.ts';
import { paperDevice } from '../gpu/paper-device.ts';
import { type ConfigJson, readConfig } from '../models/config.ts';
import { rememberedSource } from '../weights/remembered-source.ts';
import { noStore } from '../weights/store.ts';
import { checkVariant } from '../weights/weight-names.ts';
import { pipelineModule } from './classes.ts';
import type { ClipSize } from './clip-size.ts';
import { largestOf, searchSize } from './fit.ts';
import type { ModelInfo } from './model-info.ts';
import type { ModelPipeline } from './model-pipeline.ts';
import type { ModelPlan, PlanChanges, PlanOptions } from './plan-model.ts';
import { type ResolvedModel, resolveModel } from './resolve.ts';
import type { GenerateOptions, MemoryPlan, ModelReference } from './types.ts';

/** Changes in the order in which they are tried; each with a smaller clip, where without is not enough. */
const CHANGES: readonly Omit<PlanChanges, 'size'>[] = [
  {},
  { weights: 'f16' },
  { textEncoder: false },
  { weights: 'f16', textEncoder: false },
];

/** As `planModel`. */
export async function makePlan(model: ModelReference, options: PlanOptions): Promise<ModelPlan> {
  const { gpu: limits = {}, signal, variant, manifestUrl } = options;
  checkVariant(variant);
  const gpu = await Gpu.request({ device: paperDevice(limits) });
  const resolved = await resolveModel(model, manifestUrl, signal);
  const source = rememberedSource(resolved.source);
  const index = await readConfig(source, 'model_index.json', signal);
  const opener = new Opener(gpu, { ...resolved, source }, index, options);
  const asked = await opener.open({});
  const info = asked.info;
  const size = { width: info.defaults.width, height: info.defaults.height, frames: info.defaults.frames };
  const { memory, buffers } = asked.outline(runOptions(options, size));
  const limit = largestAllowed(gpu.device.limits);
  const { label, bytes } = largestOf(buffers) ?? { label: 'none', bytes: 0 };
  const check = (opened: ModelPipeline, clip: ClipSize) => {
    const outline = opened.outline(runOptions(options, clip));
    return problemsOf(outline.memory, largestOf(outline.buffers), limit, limits.memoryBytes).length === 0;
  };
  const problems = problemsOf(memory, { label, bytes }, limit, limits.memoryBytes);
  const changes = problems.length === 0 ? undefined : await cheapest(opener, info, size, check);
  const held = memory.weightsBytes + memory.runBytes;
  return {
    model: info.id,
    size,
    tokens: info.tokens,
    parts: info.parts,
    downloadBytes: info.parts.reduce((sum, part) => sum + part.downloadBytes, 0),
    memory,
    phases: [
      { phase: 'load', bytes: memory.weightsBytes },
      { phase: 'text', bytes: held },
      { phase: 'denoise', bytes: held + memory.cacheBytes + memory.previewBytes },
      { phase: 'decode', bytes: held + memory.clipBytes },
    ],
    largestBuffer: { label, bytes, limit },
    problems,
    verdict: problems.length === 0 ? 'fits' : changes ? 'fits with changes' : 'does not fit',
    ...(changes && { changes }),
  };
}

/** A run's options besides those that are the opened model's defaults. */
function runOptions({ policy, policyOptions }: PlanOptions, clip: ClipSize): GenerateOptions {
  return { ...clip, ...(policy !== undefined && { policy }), ...(policyOptions && { policyOptions }) };
}

/** What does not fit, in sentences. */
function problemsOf(
  { plannedBytes, weightsBytes }: MemoryPlan,
  largest: BufferRequest | undefined,
  limit: number,
  memoryBytes = Number.POSITIVE_INFINITY,
): string[] {
  const problems: string[] = [];
  if (largest && largest.bytes > limit) {
    problems.push(`${largest.label} needs a buffer of ${largest.bytes} bytes; the GPU allows ${limit}.`);
  }
  if (plannedBytes > memoryBytes) {
    problems.push(`${plannedBytes} bytes are held at once, ${weightsBytes} of them weights; there are ${memoryBytes}.`);
  }
  return problems;
}

async function cheapest(
  opener: Opener,
  info: ModelInfo,
  size: ClipSize,
  fits: (opened: ModelPipeline, clip: ClipSize) => boolean,
): Promise<PlanChanges | undefined> {
  const hasText = info.parts.some(({ name }) => name === 'text_encoder');
  const tried = CHANGES.filter(({ textEncoder }) => textEncoder === undefined || hasText);
  for (const isSmaller of [false, true]) {
    for (const changes of tried) {
      const opened = await opener.open(changes);
      if (!isSmaller && fits(opened, size)) return changes;
      const smaller = isSmaller ? searchSize(size, info.sizes, (clip) => fits(opened, clip)) : undefined;
      if (smaller) return { ...changes, size: smaller };
    }
  }
  return undefined;
}

/** Opens the same model in several ways, each once. */
class Opener {
  readonly #opened = new Map<string, Promise<ModelPipeline>>();

  constructor(
    private readonly gpu: Gpu,
    private readonly model: ResolvedModel,
    private readonly index: ConfigJson,
    private readonly options: PlanOptions,
  ) {}

  open(changes: PlanChanges): Promise<ModelPipeline> {
    const key = JSON.stringify(changes);
    const opened = this.#opened.get(key) ?? this.#open(changes);
    this.#opened.set(key, opened);
    return opened;
  }

  async #open({ weights, textEncoder }: PlanChanges): Promise<ModelPipeline> {
    const { gpu, model, options } = this;
    const { openPipeline } = await pipelineModule(model.source.label, this.index._class_name);
    const operands = options.operands ?? (gpu.capabilities.f16 ? 'f16' : 'f32');
    if (operands === 'f16' && !gpu.capabilities.f16) {
      throw new OptionError(
        'operands is f16; the GPU is described without shader-f16.',
        'Use f32, or add it to features.',
      );
    }
    const { width, height, frames, steps, guidanceScale, sampler } = options;
    const asked = { width, height, frames, steps, guidanceScale, sampler };
    const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
    return openPipeline({
      gpu,
      // What a run takes where it is not told is what is asked for here.
      model: { ...model, defaults: { ...model.defaults, ...given } },
      index: textEncoder === false ? { ...this.index, text_encoder: [null, null] } : this.index,
      precision: weights ?? options.weights ?? 'stored',
      operands,
      store: noStore,
      variant: options.variant,
      signal: options.signal,
    });
  }
}
