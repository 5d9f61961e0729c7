import type { RunShape } from '../cache/run-shape.ts';
import { Executor } from '../executor/executor.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { BufferRequest } from '../gpu/memory.ts';
import { plannedBuffers } from '../gpu/program.ts';
import type { Recording } from '../gpu/recorder.ts';
import { StepClock } from '../gpu/step-clock.ts';
import type { OpContext } from '../ops/context.ts';
import type { ClipSize } from './clip-size.ts';
import { rowStride } from './decoding.ts';
import type { DeclaredPart } from './model-info.ts';
import type { Run } from './model-run.ts';
import type { RunSettings } from './options.ts';
import { weightsBytes } from './parts.ts';
import { RunPreview } from './preview.ts';
import type { GenerateOptions, MemoryPlan } from './types.ts';

/**
 * All that a generation holds on the GPU besides weights and clip: its run, which the next one of the same geometry goes
 * on with, and what is recorded for it alone, as that is small: what the policy keeps, previews, a clock.
 */
export class GenerationMemory {
  readonly cache: Executor;
  /** What the policy is told of the run. */
  readonly shape: RunShape;
  readonly preview: RunPreview | undefined;
  #clock: StepClock | undefined;

  /** Records it; memory comes with `start`. */
  constructor(
    private readonly gpu: Gpu,
    private readonly parts: readonly DeclaredPart[],
    readonly run: Run,
    private readonly settings: RunSettings,
    operands: OpContext['operands'],
    preview: GenerateOptions['preview'],
  ) {
    const ops = { capabilities: gpu.capabilities, operands };
    const { sampler, guidanceScale, seed, steps } = settings;
    this.shape = run.shape(sampler.create(steps), guidanceScale, seed);
    this.cache = new Executor(run, settings.policy, this.shape, ops);
    this.preview = preview && new RunPreview(run, ops, preview);
  }

  /** What `start` will allocate. */
  get recordings(): Recording[] {
    return [this.run.recording, ...this.cache.recordings, ...(this.preview ? [this.preview.recording] : [])];
  }

  /** The buffers that hold tensors, and the clip's. What is read back needs others, no larger. */
  get buffers(): BufferRequest[] {
    const clip = { label: 'clip', bytes: this.#clipBytes };
    return [...this.recordings.flatMap((recording) => plannedBuffers(recording)), clip];
  }

  /** The clip's size. */
  get size(): ClipSize {
    const { width, height, frames } = this.settings;
    return { width, height, frames };
  }

  /** Its bytes, with those of the weights and the clip. */
  get plan(): MemoryPlan {
    const { steps } = this.settings;
    const weights = weightsBytes(this.parts);
    const runBytes = this.run.plannedBytes;
    const cacheBytes = this.cache.plannedBytes;
    const previewBytes = this.preview?.plannedBytes ?? 0;
    const clipBytes = this.#clipBytes;
    const clockBytes = StepClock.plannedBytes(this.gpu, steps);
    const plannedBytes = weights + runBytes + Math.max(cacheBytes + previewBytes, clockBytes, clipBytes);
    return { weightsBytes: weights, runBytes, cacheBytes, previewBytes, clipBytes, plannedBytes };
  }

  get #clipBytes(): number {
    const { frames, height, width } = this.settings;
    return frames * height * rowStride(width) * 4;
  }

  /** Times each step, where the device can: there from `start` to `stop`. */
  get clock(): StepClock | undefined {
    return this.#clock;
  }

  /** Allocates it. @throws {LimitError | OutOfMemoryError | KernelError | DeviceLostError}; then `stop` frees it. */
  async start(): Promise<void> {
    await this.run.start();
    await this.cache.start(this.gpu);
    await this.preview?.start(this.gpu);
    this.#clock = await StepClock.create(this.gpu, this.settings.steps, this.run.velocity);
  }

  /** Frees what only denoising needed. @returns each step's GPU seconds, where the device has a clock. */
  async finishDenoising(): Promise<number[] | undefined> {
    this.cache.stop();
    this.preview?.stop();
    return this.#clock?.read();
  }

  /** Frees all but the run. */
  stop(): void {
    this.cache.stop();
    this.preview?.stop();
    this.#clock?.dispose();
    this.#clock = undefined;
  }
}
