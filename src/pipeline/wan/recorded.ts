import type { Branch } from '../../cache/run-shape.ts';
import type { Gpu } from '../../gpu/gpu.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import { downloadF32, upload } from '../../gpu/transfer.ts';
import type { T5Recording } from '../../models/t5/encoder.ts';
import { timestepEmbedding } from '../../models/timestep-embedding.ts';
import { wanRopeTable } from '../../models/wan/rope.ts';
import type { OpContext } from '../../ops/context.ts';
import type { Sampler } from '../../samplers/sampler.ts';
import type { RecordedModel, RunTensors, StartedRun } from '../family.ts';
import type { WanComponents } from './components.ts';
import { recordForwards, type WanForwards } from './forwards.ts';
import type { WanGeometry } from './geometry.ts';
import type { WanConditions } from './prompts.ts';

/** What is Wan's of a run: text, time, and the forwards of prompts. */
export class WanRecorded implements RecordedModel<WanConditions> {
  readonly text: T5Recording | undefined;
  readonly #forwards: WanForwards;
  readonly #groups: Tensor;
  readonly #sinusoids: Tensor;

  constructor(
    private readonly components: Pick<WanComponents, 'transformer' | 'text'>,
    ops: OpContext,
    private readonly geometry: WanGeometry,
    tensors: RunTensors,
  ) {
    const { transformer, text } = components;
    const { steps, textLength } = geometry;
    this.text = text && textLength !== undefined ? text.encoder.record(ops, textLength) : undefined;
    const timesteps = transformer.recordTimesteps(ops, steps);
    this.#sinusoids = timesteps.sinusoids;
    this.#groups = ops.recorder.persistent('groups', [1], 'u32');
    this.#forwards = recordForwards(ops, transformer, geometry, { ...tensors, timesteps, groups: this.#groups });
  }

  /** A forward for each branch and, where a clip is denoised in chunks of frames, each chunk. */
  get sites(): WanForwards['sites'] {
    return this.#forwards.sites;
  }

  /** Writes the rotary tables. */
  start(gpu: Gpu): void {
    const { config } = this.components.transformer;
    const grid = this.components.transformer.tokenGrid(this.geometry.latentSize);
    const table = wanRopeTable(config, grid);
    const perFrame = table.length / grid[0];
    for (const { table: part, first, count } of this.#forwards.ropes) {
      upload(gpu, part, table.slice(first * perFrame, (first + count) * perFrame));
    }
  }

  /** Fills in each branch's prompt embeddings: given ones as they are, others by the text encoder. */
  async condition(run: StartedRun, conditions: WanConditions): Promise<void> {
    const { branches } = this.geometry;
    const total = branches.length;
    for (const [i, branch] of branches.entries()) {
      run.onProgress?.({ phase: 'text', loaded: i, total });
      run.signal?.throwIfAborted();
      const condition = conditions.get(branch);
      if (!condition) continue;
      if ('ids' in condition) await this.encodePrompt(run, branch, condition.ids, condition.mask);
      else this.writePrompt(run.gpu, branch, condition.values);
    }
  }

  /** Encodes a prompt with the text encoder; rows past its tokens are zeros. */
  async encodePrompt(
    { gpu, program, signal }: StartedRun,
    branch: Branch,
    ids: readonly number[],
    mask: readonly number[],
  ): Promise<void> {
    const { text: recording } = this;
    const { encoder } = this.components.text ?? {};
    if (!recording || !encoder) throw new Error('recorded without a text encoder');
    const { length } = recording;
    await encoder.write(gpu, recording, ids.slice(0, length), mask.slice(0, length), signal);
    await gpu.pacer.run('text', program.commands(recording.sections), signal);
    const target = this.#prompt(branch);
    const rowBytes = encoder.config.dModel * 4;
    const tokens = mask.filter(Boolean).length;
    const commands = gpu.device.createCommandEncoder({ label: `prompt.${branch}` });
    commands.clearBuffer(target.buffer);
    commands.copyBufferToBuffer(recording.lastHiddenState.buffer, 0, target.buffer, 0, tokens * rowBytes);
    gpu.device.queue.submit([commands.finish()]);
  }

  /** Takes embeddings instead of a prompt, [rows, textDim]. */
  writePrompt(gpu: Gpu, branch: Branch, values: Float32Array): void {
    upload(gpu, this.#prompt(branch), new Float32Array(values));
  }

  /** A branch's prompt embeddings, [rows, textDim]. */
  async promptEmbeddings(gpu: Gpu, branch: Branch): Promise<Float32Array> {
    return downloadF32(gpu, this.#prompt(branch));
  }

  /** Computes the time embeddings of all steps, and the prompts' keys and values. */
  async prepare({ gpu, program, signal }: StartedRun, sampler: Sampler): Promise<void> {
    upload(gpu, this.#sinusoids, timestepEmbedding(sampler.timesteps, this.components.transformer.config.freqDim));
    const sections = ['timesteps', ...this.geometry.branches.map((branch) => `prompt.${branch}`)];
    await gpu.pacer.run('prepare', program.commands(sections), signal);
  }

  /** Sets the step that the forwards run for. */
  beginStep(gpu: Gpu, step: number): void {
    upload(gpu, this.#groups, Uint32Array.of(step));
  }

  #prompt(branch: Branch): Tensor {
    return this.#forwards.prompts.get(branch) as Tensor;
  }
}
