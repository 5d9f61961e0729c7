import { WeightsError } from '../errors.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { elements, type Dtype as GpuDtype, Tensor } from '../gpu/tensor.ts';
import type { Linear, LinearPart } from '../ops/matmul.ts';
import type { Checkpoint, StreamOptions } from './checkpoint.ts';
import { type Delivery, deliver } from './delivery.ts';
import { formatOf, unsupportedDtype } from './formats.ts';
import { sortUnread, type Unread, type UnreadRules } from './unread.ts';

/** How matrices are kept: as f16, as f32, or `stored`: f16 where the file has F16 or fewer bits, else f32
 * (F32 and BF16 exactly). */
export type WeightPrecision = 'f16' | 'f32' | 'stored';

/** Options of `WeightSet.linear`. */
export interface LinearOptions {
  readonly inFeatures: number;
  /** Rows of each of the layers that are stacked. */
  readonly outFeatures: number;
  /** Whether each layer has a `.bias`. Default true. */
  readonly bias?: boolean;
  /** Shape in the file where it is not [outFeatures, inFeatures], e.g. a 1 x 1 convolution's. */
  readonly storedShape?: readonly number[];
}

/**
 * The weights that a model takes from a checkpoint. A model declares each while it is constructed and gets a tensor
 * back, without a buffer yet: so names, formats and shapes are all checked, and `bytes` is known, before any weight is
 * read.
 */
export class WeightSet {
  readonly #deliveries = new Map<string, Delivery[]>();
  readonly #tensors: Tensor[] = [];
  readonly #problems: string[] = [];
  /** Tensors in a format that is not read. */
  readonly #unsupported: string[] = [];
  readonly #declared = new Set<string>();
  #rules: UnreadRules = { left: [], missed: [] };
  #buffers: GPUBuffer[] = [];

  /**
   * @param maxPartBytes Largest buffer for one weight; larger ones are split by output rows. Default: 128 MiB, the
   * storage binding that every device has.
   */
  constructor(
    private readonly checkpoint: Pick<Checkpoint, 'label' | 'tensors' | 'stream'>,
    private readonly precision: WeightPrecision,
    private readonly maxPartBytes = 2 ** 27,
  ) {}

  /** GPU bytes of all declared weights. */
  get bytes(): number {
    return this.#tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
  }

  /** All declared weights, as they will lie on the GPU. */
  get tensors(): readonly Tensor[] {
    return this.#tensors;
  }

  /** How many numbers the checkpoint holds, also those that are not declared. */
  get parameters(): number {
    return [...this.checkpoint.tensors.values()].reduce((sum, { shape }) => sum + elements(shape), 0);
  }

  /** Bytes of the checkpoint's tensors as they are stored: about what loading reads. */
  get storedBytes(): number {
    return [...this.checkpoint.tensors.values()].reduce((sum, { start, end }) => sum + end - start, 0);
  }

  /** Whether the checkpoint has a tensor of this name. */
  has(name: string): boolean {
    return this.checkpoint.tensors.has(name);
  }

  /** Bytes of the declared tensors as they are stored: what loading needs of files, which it reads whole if they are listed. */
  get downloadBytes(): number {
    const found = [...this.#deliveries.keys()].map((name) => this.checkpoint.tensors.get(name));
    return found.reduce((sum, info) => sum + (info ? info.end - info.start : 0), 0);
  }

  /** A bias, norm weight or table, in f32. @param storedShape Shape in the file, of as many elements. */
  vector(name: string, shape: readonly number[], storedShape: readonly number[] = shape): Tensor {
    this.expect(name, storedShape);
    return this.#deliver({ name, target: this.#tensor(name, 'f32', shape), offset: 0 });
  }

  /**
   * Linear layers `name.weight`, `name.bias` that read the same input, stacked into one: `[q; k; v]`, say.
   *
   * @param names Layers in order; each has `options.outFeatures` rows.
   */
  linear(names: string | readonly string[], options: LinearOptions): Linear {
    const layers = typeof names === 'string' ? [names] : names;
    const { inFeatures, outFeatures, storedShape = [outFeatures, inFeatures] } = options;
    const padded = Math.ceil(inFeatures / 4) * 4;
    const dtype = this.#matrixDtype(layers.map((layer) => `${layer}.weight`));
    const total = layers.length * outFeatures;
    const bytesPerRow = padded * (dtype === 'f16' ? 2 : 4);
    const fitting = Math.max(4, Math.floor(this.maxPartBytes / bytesPerRow / 4) * 4);
    const parts: LinearPart[] = [];
    for (let firstRow = 0; firstRow < total; firstRow += fitting) {
      const rows = Math.min(fitting, total - firstRow);
      const weight = this.#tensor(`${layers[0]}.weight`, dtype, [rows, padded]);
      const bias = options.bias === false ? {} : { bias: this.#tensor(`${layers[0]}.bias`, 'f32', [rows]) };
      parts.push({ weight, ...bias, firstRow, rows });
    }
    for (const [i, layer] of layers.entries()) {
      this.expect(`${layer}.weight`, storedShape);
      if (options.bias !== false) this.expect(`${layer}.bias`, [outFeatures]);
      for (const part of parts) {
        // Rows [from, to) of this layer lie in this part.
        const from = Math.max(0, part.firstRow - i * outFeatures);
        const to = Math.min(outFeatures, part.firstRow + part.rows - i * outFeatures);
        if (from >= to) continue;
        const row = i * outFeatures + from - part.firstRow;
        const whole = to - from === outFeatures;
        const rows = (values: Float32Array) => padRows(values.subarray(from * inFeatures, to * inFeatures), inFeatures);
        const arrange = whole && padded === inFeatures ? undefined : rows;
        this.#deliver({ name: `${layer}.weight`, target: part.weight, offset: row * padded, arrange });
        if (!part.bias) continue;
        const slice = whole ? undefined : (values: Float32Array) => values.subarray(from, to);
        this.#deliver({ name: `${layer}.bias`, target: part.bias, offset: row, arrange: slice });
      }
    }
    return { parts, outFeatures: total, inFeatures };
  }

  /** A matrix whose values are rearranged while loading, such as a convolution's; as many elements as `shape`. */
  arranged(
    name: string,
    storedShape: readonly number[],
    shape: readonly number[],
    arrange: (values: Float32Array) => Float32Array,
  ): Tensor {
    this.expect(name, storedShape);
    const target = this.#tensor(name, this.#matrixDtype([name]), shape);
    return this.#deliver({ name, target, offset: 0, arrange });
  }

  /** A vector in f32 that is padded or otherwise rearranged while loading. */
  arrangedVector(
    name: string,
    storedShape: readonly number[],
    shape: readonly number[],
    arrange: (values: Float32Array) => Float32Array,
  ): Tensor {
    this.expect(name, storedShape);
    return this.#deliver({ name, target: this.#tensor(name, 'f32', shape), offset: 0, arrange });
  }

  /** Requires a tensor that is read otherwise, by rows say: it is checked with the rest, but not loaded. */
  expect(name: string, shape: readonly number[]): void {
    this.#declared.add(name);
    const found = this.checkpoint.tensors.get(name);
    if (!found) this.#problems.push(`${name} [${shape}] is missing`);
    else if (!formatOf(found)) this.#unsupported.push(`${name} in ${found.file} is ${found.dtype.slice(0, 40)}`);
    else if (found.shape.join() !== shape.join()) this.#problems.push(`${name} is [${found.shape}], not [${shape}]`);
  }

  /** Says what the model makes of tensors that it does not declare; without, each unknown one is warned of. */
  leave(rules: UnreadRules): void {
    this.#rules = rules;
  }

  /** What a user should know of the checkpoint: tensors in it whose purpose the model does not know. */
  get warnings(): readonly string[] {
    const { unknown } = this.#unread;
    if (unknown.length === 0) return [];
    return [`${this.checkpoint.label} holds weights that its class does not read: ${some(unknown, ', ')}.`];
  }

  /**
   * @throws {UnsupportedModelError} listing the declared tensors that are in a format which is not read; of a quantised
   * model, which often has other shapes, too, that is the one to know. {WeightsError} listing those that the checkpoint
   * lacks or has in another shape, and those in it without which the model would be another one.
   */
  check(): void {
    const { label } = this.checkpoint;
    if (this.#unsupported.length > 0) throw unsupportedDtype(`${label}: ${some(this.#unsupported, '; ')}`);
    const missed = this.#unread.missed.map((name) => `${name} is there, but would not be read`);
    const problems = [...this.#problems, ...missed];
    if (problems.length === 0) return;
    throw new WeightsError(
      `${label} does not fit its config.json: ${some(problems, '; ')}.`,
      'Check that the weights, the config and the class in model_index.json are of the same model, and that all files were downloaded.',
    );
  }

  /**
   * Allocates everything and streams the checkpoint into it.
   *
   * @throws {UnsupportedModelError | WeightsError} as `check`, and for values beyond f16. Whatever goes wrong, no GPU memory is left behind.
   */
  async load(gpu: Gpu, options: StreamOptions = {}): Promise<void> {
    this.check();
    this.#buffers = await gpu.memory.allocate(this.#tensors.map(({ label, bytes }) => ({ label, bytes })));
    for (const [i, tensor] of this.#tensors.entries()) tensor.bind(this.#buffers[i]);
    try {
      await gpu.orLost(
        this.checkpoint.stream(
          (info) => this.#deliveries.has(info.name),
          (info, bytes) => {
            gpu.throwIfFaulty();
            for (const delivery of this.#deliveries.get(info.name) ?? []) deliver(gpu, delivery, info, bytes);
          },
          options,
        ),
      );
    } catch (error) {
      this.dispose(gpu);
      throw error;
    }
  }

  /** Frees the weights' memory. */
  dispose(gpu: Gpu): void {
    gpu.memory.free(this.#buffers);
    this.#buffers = [];
    for (const tensor of this.#tensors) tensor.bind(undefined);
  }

  get #unread(): Unread {
    return sortUnread(this.checkpoint.tensors.keys(), this.#declared, this.#rules);
  }

  #tensor(label: string, dtype: GpuDtype, shape: readonly number[]): Tensor {
    const tensor = new Tensor(label, dtype, shape);
    this.#tensors.push(tensor);
    return tensor;
  }

  #deliver(delivery: Delivery): Tensor {
    const all = this.#deliveries.get(delivery.name) ?? [];
    this.#deliveries.set(delivery.name, [...all, delivery]);
    return delivery.target;
  }

  #matrixDtype(names: readonly string[]): 'f16' | 'f32' {
    if (this.precision !== 'stored') return this.precision;
    const isNarrow = (name: string) => {
      const info = this.checkpoint.tensors.get(name);
      const format = info && formatOf(info);
      return info?.dtype === 'F16' || (format !== undefined && format.blockBytes < 2 * format.blockSize);
    };
    return names.every(isNarrow) ? 'f16' : 'f32';
  }
}

/** The first few of a list. */
function some(list: readonly string[], separator: string): string {
  const more = list.length > 5 ? `${separator}and ${list.length - 5} more` : '';
  return `${list.slice(0, 5).join(separator)}${more}`;
}

/** Rows of `columns` values, each followed by zeros up to a whole vec4. */
function padRows(values: Float32Array, columns: number): Float32Array {
  const padded = Math.ceil(columns / 4) * 4;
  if (padded === columns) return values;
  const out = new Float32Array((values.length / columns) * padded);
  for (let i = 0; i * columns < values.length; i++)
    out.set(values.subarray(i * columns, (i + 1) * columns), i * padded);
  return out;
}
