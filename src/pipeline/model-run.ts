import type { RunShape } from '../cache/run-shape.ts';
import type { SitedRun } from '../executor/key-parts.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { Program, plannedBytes } from '../gpu/program.ts';
import { Recorder, type Recording } from '../gpu/recorder.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import { downloadF32, upload } from '../gpu/transfer.ts';
import type { OpContext } from '../ops/context.ts';
import { linearCombination } from '../ops/linear-combination.ts';
import { guidedUpdate, type Sampler } from '../samplers/sampler.ts';
import { LatentDecoding } from './decoding.ts';
import type { ModelFamily, RecordedModel, StartedRun } from './family.ts';
import type { RunGeometry } from './run-geometry.ts';

/** A run of any family, as far as denoising and decoding know it. */
export type Run = Omit<ModelRun<RunGeometry, unknown>, 'model' | 'condition'>;

/** Everything that a generation does, recorded: conditions, forwards, updates, decoding. Memory comes with `start`. */
export class ModelRun<
  Geometry extends RunGeometry,
  Conditions,
  Recorded extends RecordedModel<Conditions> = RecordedModel<Conditions>,
> implements SitedRun
{
  readonly recording: Recording;
  /** What is the family's own. */
  readonly model: Recorded;
  /** The sampler's, [rows, channels, ...latentSize] f32: the latents first. */
  readonly state: Tensor;
  /** What the forwards of a step predict, [branches, channels, ...latentSize] f32. */
  readonly velocity: Tensor;
  /** The decoder's side of the run. */
  readonly decoding: LatentDecoding;
  readonly #coefficients: Tensor;
  #program: Program | undefined;

  constructor(
    private readonly gpu: Gpu,
    private readonly family: ModelFamily<Geometry, Conditions, Recorded>,
    readonly geometry: Geometry,
    operands: OpContext['operands'],
  ) {
    const { latentChannels } = family;
    const { latentSize, stateRows, branches } = geometry;
    const recorder = new Recorder('run');
    const ops: OpContext = { recorder, capabilities: gpu.capabilities, operands };
    this.state = recorder.persistent('state', [stateRows, latentChannels, ...latentSize]);
    this.#coefficients = recorder.persistent('coefficients', [stateRows, stateRows + branches.length]);
    this.velocity = recorder.persistent('velocity', [branches.length, latentChannels, ...latentSize]);
    const { state, velocity } = this;
    this.model = family.record(ops, geometry, { state, velocity });
    recorder.section('update', () => linearCombination(ops, { state, velocity, coefficients: this.#coefficients }));
    this.decoding = new LatentDecoding(ops, family.decoder, state, latentSize);
    this.recording = recorder.finish();
  }

  /** The forwards of a step. */
  get sites(): RecordedModel<Conditions>['sites'] {
    return this.model.sites;
  }

  /** What a policy may know of it. */
  shape({ timesteps, sigmas }: Sampler, guidanceScale: number, seed: number): RunShape {
    const { steps, latentSize } = this.geometry;
    const { blocks, subLayers } = this.family;
    const keys = [...this.sites.keys()];
    const grids = Object.fromEntries([...this.sites].map(([key, { grid }]) => [key, grid]));
    return { steps, timesteps, sigmas, guidanceScale, keys, blocks, subLayers, latentSize, grids, seed };
  }

  /** GPU bytes that `start` will allocate. */
  get plannedBytes(): number {
    return plannedBytes(this.recording);
  }

  /** Whether its memory is allocated. */
  get isStarted(): boolean {
    return this.#program !== undefined;
  }

  /** Allocates the run, unless it still is, and writes what does not change between runs. */
  async start(): Promise<void> {
    if (this.#program) return;
    this.#program = await Program.create(this.gpu, this.recording);
    this.model.start(this.gpu);
    this.decoding.start(this.gpu);
  }

  /** Writes what the run is to show. */
  async condition(
    conditions: Conditions,
    { signal, onProgress }: Pick<StartedRun, 'signal' | 'onProgress'> = {},
  ): Promise<void> {
    const { gpu, program } = this;
    await this.model.condition({ gpu, program, signal, onProgress }, conditions);
    await gpu.idle();
    const total = this.geometry.branches.length;
    onProgress?.({ phase: 'text', loaded: total, total });
  }

  /** Computes what holds for all steps, and sets the first latents. */
  async prepare(sampler: Sampler, latents: Float32Array, signal?: AbortSignal): Promise<void> {
    const { gpu, program } = this;
    const state = new Float32Array(elements(this.state.shape));
    state.set(latents);
    upload(gpu, this.state, state);
    await this.model.prepare({ gpu, program, signal }, sampler);
  }

  /** Sets the step that the forwards and the update run for. */
  beginStep(step: number, sampler: Sampler, guidanceScale: number): void {
    this.model.beginStep(this.gpu, step);
    const branches = this.geometry.branches.length === 2 ? 2 : 1;
    upload(this.gpu, this.#coefficients, guidedUpdate(sampler, step, guidanceScale, branches));
  }

  /** The latents as they are, [channels, frames, rows, columns]. */
  async latents(): Promise<Float32Array> {
    const [rows = 1] = this.state.shape;
    const state = await downloadF32(this.gpu, this.state);
    return state.slice(0, state.length / rows);
  }

  /** The allocated program. */
  get program(): Program {
    if (!this.#program) throw new Error('the run has not been started');
    return this.#program;
  }

  /** Frees the memory; `start` allocates it again. */
  stop(): void {
    this.#program?.dispose();
    this.#program = undefined;
  }
}
