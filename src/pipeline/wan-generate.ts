import type { Branch } from '../cache/run-shape.ts';
import { STEPS_IN_FLIGHT } from '../executor/executor.ts';
import type { Forwards } from '../executor/scheduled-forwards.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { StepClock } from '../gpu/step-clock.ts';
import { Tensor } from '../gpu/tensor.ts';
import type { Sampler } from '../samplers/sampler.ts';
import type { EncodedPrompt } from '../text/tokenizer.ts';
import type { RunSettings } from './options.ts';
import { branchesOf } from './run-geometry.ts';
import type { GenerateOptions, Progress } from './types.ts';
import { rowStride } from './wan-decoding.ts';
import type { WanPreview } from './wan-preview.ts';
import type { WanRun } from './wan-run.ts';

/** What the phases of a generation need. */
export interface PhaseContext {
  readonly gpu: Gpu;
  readonly run: WanRun;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What the denoising loop goes through. */
export interface Denoising {
  readonly sampler: Sampler;
  readonly guidanceScale: number;
  /** The noise that it starts from. */
  readonly latents: Float32Array;
  readonly forwards: Forwards;
  /** Pictures while it goes on. */
  readonly preview?: WanPreview | undefined;
  /** Times each step's forwards. */
  readonly clock?: StepClock | undefined;
  /** Called when a step has run, with its wall-clock seconds. */
  readonly onStep?: (step: number, seconds: number) => void | Promise<void>;
}

/** Fills in each branch's prompt embeddings: given ones as they are, others by the text encoder. */
export async function encodePrompts(
  { gpu, run, signal, onProgress }: PhaseContext,
  options: GenerateOptions,
  tokens: ReadonlyMap<Branch, EncodedPrompt>,
): Promise<void> {
  const branches = branchesOf(run.geometry);
  const total = branches.length;
  for (const [i, branch] of branches.entries()) {
    onProgress?.({ phase: 'text', loaded: i, total });
    signal?.throwIfAborted();
    const given = branch === 'cond' ? options.promptEmbeds : options.negativePromptEmbeds;
    const encoded = tokens.get(branch);
    if (given) run.writePrompt(branch, given.values);
    else if (encoded) await run.encodePrompt(branch, encoded.ids, encoded.mask, signal);
  }
  await gpu.idle();
  onProgress?.({ phase: 'text', loaded: total, total });
}

/**
 * The denoising loop. It waits for nothing to be read back but what the policy measures: the sampler's factors are known
 * beforehand, and two steps are in flight.
 */
export async function denoise(
  { gpu, run, signal, onProgress }: PhaseContext,
  { sampler, guidanceScale, latents, forwards, preview, clock, onStep }: Denoising,
): Promise<void> {
  const { steps } = run.geometry;
  onProgress?.({ phase: 'denoise', loaded: 0, total: steps });
  await run.prepare(sampler, latents, signal);
  await gpu.idle();
  let last = performance.now();
  const inFlight: Promise<void>[] = [];
  const finish = async (step: number) => {
    await inFlight.shift();
    const now = performance.now();
    await onStep?.(step, (now - last) / 1000);
    last = now;
    onProgress?.({ phase: 'denoise', loaded: step + 1, total: steps });
  };
  for (let step = 0; step < steps; step++) {
    run.beginStep(step, sampler, guidanceScale);
    // Waiting for a verdict is no step's work.
    await forwards.ready?.();
    clock?.begin(step);
    for (const branch of run.sites.keys()) await forwards.submit(gpu.pacer, step, branch, signal);
    clock?.end(step);
    await preview?.submit(gpu.pacer, step, sampler, guidanceScale, signal);
    await gpu.pacer.run('update', run.program.section('update'), signal);
    inFlight.push(settled(gpu.idle()));
    if (inFlight.length === STEPS_IN_FLIGHT) await finish(step - STEPS_IN_FLIGHT + 1);
  }
  while (inFlight.length > 0) await finish(steps - inFlight.length);
  await forwards.finish();
  await preview?.finish();
}

/** Decodes chunk by chunk into memory of the clip's own, which `release` frees. */
export async function decodeClip(
  context: PhaseContext,
  { frames, height, width }: Pick<RunSettings, 'frames' | 'height' | 'width'>,
): Promise<{ readonly pixels: Tensor; readonly release: () => void }> {
  const { gpu } = context;
  const pixels = new Tensor('clip', 'u32', [frames, height, rowStride(width)]);
  const buffers = await gpu.memory.allocate([{ label: 'clip', bytes: pixels.bytes }]);
  const release = () => gpu.memory.free(buffers);
  pixels.bind(buffers[0]);
  try {
    await decode(context, pixels);
    return { pixels, release };
  } catch (error) {
    // What was submitted may still write them; a lost device has let go of them.
    await gpu.quiet();
    release();
    throw error;
  }
}

/** Copies each chunk's frames into `pixels`, [frames, height, rowStride] u32. */
async function decode({ gpu, run, signal, onProgress }: PhaseContext, pixels: Tensor): Promise<void> {
  const { chunks } = run.decoding;
  let offset = 0;
  for (const [i, chunk] of chunks.entries()) {
    onProgress?.({ phase: 'decode', loaded: i, total: chunks.length });
    signal?.throwIfAborted();
    await gpu.pacer.run('decode', run.program.commands(chunk.sections), signal);
    const commands = gpu.device.createCommandEncoder({ label: 'decode.keep' });
    const { buffer, bytes } = chunk.pixels;
    commands.copyBufferToBuffer(buffer, 0, pixels.buffer, offset, bytes);
    gpu.device.queue.submit([commands.finish()]);
    offset += bytes;
    await gpu.idle();
  }
  signal?.throwIfAborted();
  onProgress?.({ phase: 'decode', loaded: chunks.length, total: chunks.length });
}

/** A promise that may be left waiting: whoever awaits it still sees its rejection. */
function settled(promise: Promise<void>): Promise<void> {
  promise.catch(() => {});
  return promise;
}
