import type { Gpu } from '../../../src/gpu/gpu.ts';
import { Program } from '../../../src/gpu/program.ts';
import { Recorder } from '../../../src/gpu/recorder.ts';
import { type Dtype, elements, type Tensor } from '../../../src/gpu/tensor.ts';
import { downloadF32, upload } from '../../../src/gpu/transfer.ts';
import type { OpContext } from '../../../src/ops/context.ts';
import { float16ToFloat32, packF16 } from '../../../src/weights/dtypes.ts';

/** A tensor with values: those that it holds, so f16 ones are rounded. */
export interface Operand {
  readonly tensor: Tensor;
  readonly values: Float32Array<ArrayBuffer>;
}

/** What an arm recorded. */
export interface Recorded {
  /** f32. */
  readonly out: Tensor;
  /** The value that `out` must have at an index, in float64. */
  readonly reference: (index: number) => number;
  /** `out` is an operand too; else it starts as NaN, so that an element left out is seen. */
  readonly inPlace?: boolean;
}

/** Work of a kernel on one shape, done by several arms, such as variants of the kernel. */
export interface KernelCase {
  readonly kernel: string;
  readonly shape: string;
  /** Floating-point operations, or bytes read and written: what the case is bound by. */
  readonly work: { readonly flops: number } | { readonly bytes: number };
  readonly arms: Readonly<Record<string, (build: CaseBuilder) => Recorded>>;
}

/** Elements of an output that are compared with the reference; all are checked for NaN. */
const SAMPLES = 200;

/** Makes an arm's operands, from the same random numbers each time. */
export class CaseBuilder {
  readonly ops: OpContext;
  readonly #recorder = new Recorder('case');
  readonly #operands: Operand[] = [];
  readonly #random = lcg(1);

  constructor(private readonly gpu: Gpu) {
    this.ops = { recorder: this.#recorder, capabilities: gpu.capabilities, operands: 'f32' };
  }

  /** A tensor of values uniform in [-scale, scale). */
  operand(shape: readonly number[], options: { dtype?: Extract<Dtype, 'f32' | 'f16'>; scale?: number } = {}): Operand {
    const { dtype = 'f32', scale = 1 } = options;
    const exact = Float32Array.from({ length: elements(shape) }, () => (2 * this.#random() - 1) * scale);
    const values = dtype === 'f16' ? Float32Array.from(packF16(exact), float16ToFloat32) : exact;
    const operand = { tensor: this.#recorder.persistent(`operand${this.#operands.length}`, shape, dtype), values };
    this.#operands.push(operand);
    return operand;
  }

  /** A tensor to be written. */
  output(shape: readonly number[]): Tensor {
    return this.#recorder.persistent('out', shape);
  }

  /** A tensor for results on the way. */
  workspace(shape: readonly number[]): Tensor {
    return this.#recorder.persistent('workspace', shape);
  }

  /** Records an arm, runs it once and checks it. @throws when a value is wrong. */
  async prepare(name: string, record: (build: CaseBuilder) => Recorded): Promise<Program> {
    const { out, reference, inPlace } = this.#recorder.section('run', () => record(this));
    const program = await Program.create(this.gpu, this.#recorder.finish());
    for (const { tensor, values } of this.#operands) {
      upload(this.gpu, tensor, tensor.dtype === 'f16' ? packF16(values) : values);
    }
    if (!inPlace) upload(this.gpu, out, new Float32Array(elements(out.shape)).fill(Number.NaN));
    await program.run('run');
    check(name, await downloadF32(this.gpu, out), reference);
    return program;
  }
}

/** @throws when an element is NaN, or one of a sample is off by more than rounding. */
function check(name: string, got: Float32Array, reference: (index: number) => number): void {
  const missing = got.findIndex(Number.isNaN);
  if (missing >= 0) throw new Error(`${name}: element ${missing} is NaN`);
  // A stride that shares no factor with common sizes visits all rows and columns.
  const stride = Math.max(1, Math.floor(got.length / SAMPLES) | 1);
  for (let i = 0; i < got.length; i += stride) {
    const want = reference(i);
    const error = Math.abs((got[i] as number) - want);
    if (error > 1e-4 * (1 + Math.abs(want))) throw new Error(`${name}: element ${i} is ${got[i]}, not ${want}`);
  }
}

/** Random numbers in [0, 1), the same for the same seed. */
function lcg(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
