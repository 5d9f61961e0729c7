import type { Branch, ForwardKey, RunShape } from '../cache/run-shape.ts';
import type { SitedRun } from '../executor/key-parts.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { Program, plannedBytes } from '../gpu/program.ts';
import { Recorder, type Recording } from '../gpu/recorder.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import { downloadF32, upload } from '../gpu/transfer.ts';
import type { ForwardSites } from '../models/forward-sites.ts';
import type { T5Recording } from '../models/t5/encoder.ts';
import { timestepEmbedding } from '../models/timestep-embedding.ts';
import { SUB_LAYERS } from '../models/wan/block.ts';
import { wanRopeTable } from '../models/wan/rope.ts';
import type { OpContext } from '../ops/context.ts';
import { linearCombination } from '../ops/linear-combination.ts';
import { guidedUpdate, type Sampler } from '../samplers/sampler.ts';
import { branchesOf, type RunGeometry } from './run-geometry.ts';
import type { WanComponents } from './wan-components.ts';
import { WanDecoding } from './wan-decoding.ts';
import { type RopePart, recordForwards } from './wan-forwards.ts';

/** Everything that a generation does, recorded: text, time, denoising, decoding. Memory comes with `start`. */
export class WanRun implements SitedRun {
  readonly recording: Recording;
  readonly text: T5Recording | undefined;
  readonly sites: ReadonlyMap<ForwardKey, ForwardSites>;
  readonly #prompts: ReadonlyMap<Branch, Tensor>;
  /** The sampler's, [rows, channels, ...latentSize] f32: the latents first. */
  readonly state: Tensor;
  /** What the forwards of a step predict, [branches, channels, ...latentSize] f32. */
  readonly velocity: Tensor;
  readonly #coefficients: Tensor;
  readonly #groups: Tensor;
  readonly #ropes: readonly RopePart[];
  readonly #sinusoids: Tensor;
  readonly #decoding: WanDecoding;
  #program: Program | undefined;

  constructor(
    private readonly gpu: Gpu,
    private readonly components: WanComponents,
    readonly geometry: RunGeometry,
    operands: OpContext['operands'],
  ) {
    const { transformer, text } = components;
    const { config } = transformer;
    const { latentSize, steps, stateRows, textLength } = geometry;
    const recorder = new Recorder('run');
    const ops: OpContext = { recorder, capabilities: gpu.capabilities, operands };
    const branches = branchesOf(geometry);

    this.text = text && textLength !== undefined ? text.encoder.record(ops, textLength) : undefined;
    const timesteps = transformer.recordTimesteps(ops, steps);
    this.#sinusoids = timesteps.sinusoids;
    this.#groups = recorder.persistent('groups', [1], 'u32');
    this.state = recorder.persistent('state', [stateRows, config.inChannels, ...latentSize]);
    this.#coefficients = recorder.persistent('coefficients', [stateRows, stateRows + branches.length]);
    this.velocity = recorder.persistent('velocity', [branches.length, config.outChannels, ...latentSize]);
    const { state, velocity } = this;
    const forwards = recordForwards(ops, transformer, geometry, { state, velocity, timesteps, groups: this.#groups });
    this.#prompts = forwards.prompts;
    this.#ropes = forwards.ropes;
    this.sites = forwards.sites;
    recorder.section('update', () =>
      linearCombination(ops, { state: this.state, velocity: this.velocity, coefficients: this.#coefficients }),
    );
    this.#decoding = new WanDecoding(ops, components.decoder, components.vaeConfig, this.state, latentSize);
    this.recording = recorder.finish();
  }

  /** What a policy may know of it. */
  shape({ timesteps, sigmas }: Sampler, guidanceScale: number, seed: number): RunShape {
    const { steps, latentSize } = this.geometry;
    const { blocks } = this.components.transformer;
    return {
      steps,
      timesteps,
      sigmas,
      guidanceScale,
      keys: [...this.sites.keys()],
      blocks: blocks.length,
      subLayers: SUB_LAYERS,
      latentSize,
      seed,
    };
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
    const { config } = this.components.transformer;
    const grid = this.components.transformer.tokenGrid(this.geometry.latentSize);
    const table = wanRopeTable(config, grid);
    const perFrame = table.length / grid[0];
    for (const { table: part, first, count } of this.#ropes) {
      upload(this.gpu, part, table.slice(first * perFrame, (first + count) * perFrame));
    }
    this.#decoding.start(this.gpu);
  }

  /** Encodes a prompt with the text encoder; rows past its tokens are zeros. */
  async encodePrompt(
    branch: Branch,
    ids: readonly number[],
    mask: readonly number[],
    signal?: AbortSignal,
  ): Promise<void> {
    const { text: recording } = this;
    const { encoder } = this.components.text ?? {};
    if (!recording || !encoder) throw new Error('recorded without a text encoder');
    const { length } = recording;
    await encoder.write(this.gpu, recording, ids.slice(0, length), mask.slice(0, length), signal);
    await this.gpu.pacer.run('text', this.#ready.commands(recording.sections), signal);
    const target = this.#prompts.get(branch) as Tensor;
    const rowBytes = encoder.config.dModel * 4;
    const tokens = mask.filter(Boolean).length;
    const commands = this.gpu.device.createCommandEncoder({ label: `prompt.${branch}` });
    commands.clearBuffer(target.buffer);
    commands.copyBufferToBuffer(recording.lastHiddenState.buffer, 0, target.buffer, 0, tokens * rowBytes);
    this.gpu.device.queue.submit([commands.finish()]);
  }

  /** Takes embeddings instead of a prompt, [rows, textDim]. */
  writePrompt(branch: Branch, values: Float32Array): void {
    upload(this.gpu, this.#prompts.get(branch) as Tensor, new Float32Array(values));
  }

  /** A branch's prompt embeddings, [rows, textDim]. */
  async promptEmbeddings(branch: Branch): Promise<Float32Array> {
    return downloadF32(this.gpu, this.#prompts.get(branch) as Tensor);
  }

  /** Computes what holds for all steps: the prompts' keys and values, the time embeddings. Sets the first latents. */
  async prepare(sampler: Sampler, latents: Float32Array, signal?: AbortSignal): Promise<void> {
    const state = new Float32Array(elements(this.state.shape));
    state.set(latents);
    upload(this.gpu, this.state, state);
    upload(this.gpu, this.#sinusoids, timestepEmbedding(sampler.timesteps, this.components.transformer.config.freqDim));
    const sections = ['timesteps', ...branchesOf(this.geometry).map((branch) => `prompt.${branch}`)];
    await this.gpu.pacer.run('prepare', this.#ready.commands(sections), signal);
  }

  /** Sets the step that the forwards and the update run for. */
  beginStep(step: number, sampler: Sampler, guidanceScale: number): void {
    const branches = branchesOf(this.geometry).length === 2 ? 2 : 1;
    upload(this.gpu, this.#groups, Uint32Array.of(step));
    upload(this.gpu, this.#coefficients, guidedUpdate(sampler, step, guidanceScale, branches));
  }

  /** The latents as they are, [channels, frames, rows, columns]. */
  async latents(): Promise<Float32Array> {
    const [rows = 1] = this.state.shape;
    const state = await downloadF32(this.gpu, this.state);
    return state.slice(0, state.length / rows);
  }

  /** The decoder's side of the run. */
  get decoding(): WanDecoding {
    return this.#decoding;
  }

  /** The allocated program. */
  get program(): Program {
    return this.#ready;
  }

  /** Frees the memory; `start` allocates it again. */
  stop(): void {
    this.#program?.dispose();
    this.#program = undefined;
  }

  get #ready(): Program {
    if (!this.#program) throw new Error('the run has not been started');
    return this.#program;
  }
}
