import { expect } from 'vitest';
import type { Capabilities } from '../../src/gpu/capabilities.ts';
import { Gpu } from '../../src/gpu/gpu.ts';
import { Program } from '../../src/gpu/program.ts';
import { Recorder } from '../../src/gpu/recorder.ts';
import { type Dtype, elements, type Tensor } from '../../src/gpu/tensor.ts';
import { download, upload } from '../../src/gpu/transfer.ts';
import type { OpContext } from '../../src/ops/context.ts';
import { float16ToFloat32, float32ToFloat16 } from '../../src/weights/dtypes.ts';
import { requestTestAdapter } from './gpu.ts';

export { Random } from './random.ts';

type UploadValues = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

let shared: Promise<Gpu> | undefined;

/** One device for all kernel tests of a file. */
export function testGpu(): Promise<Gpu> {
  shared ??= requestTestAdapter().then((adapter) => Gpu.request({ adapter, debug: true }));
  return shared;
}

/** Records one or more ops on host values, runs them, and reads results back. */
export class KernelRun {
  readonly context: OpContext;
  readonly #recorder = new Recorder('test');
  readonly #uploads: [Tensor, UploadValues][] = [];

  /** @param overrides Pretended capabilities, such as `{ software: false }`. */
  constructor(
    private readonly gpu: Gpu,
    overrides: Partial<Capabilities> & { operands?: 'f32' | 'f16' } = {},
  ) {
    const { operands = 'f32', ...pretended } = overrides;
    const capabilities = { ...gpu.capabilities, ...pretended };
    this.context = { recorder: this.#recorder, capabilities, operands };
  }

  /** A tensor with values; f16 ones are rounded, so take the reference's values from `rounded`. */
  input(shape: readonly number[], values: ArrayLike<number>, dtype: Dtype = 'f32'): Tensor {
    if (values.length !== elements(shape)) throw new Error(`${values.length} values for [${shape}]`);
    const tensor = this.#recorder.persistent(`in${this.#uploads.length}`, shape, dtype);
    this.#uploads.push([tensor, dtype === 'u32' ? Uint32Array.from(values) : Float32Array.from(values)]);
    return tensor;
  }

  /** A tensor to be written: every element starts as NaN, so that one left out is seen. */
  output(shape: readonly number[], dtype: Dtype = 'f32'): Tensor {
    return this.input(shape, new Float32Array(elements(shape)).fill(Number.NaN), dtype);
  }

  /** Runs what `record` records, and returns the tensors' values. */
  async run(record: () => void, ...results: Tensor[]): Promise<Float32Array[]> {
    this.#recorder.section('ops', record);
    const program = await Program.create(this.gpu, this.#recorder.finish());
    try {
      for (const [tensor, values] of this.#uploads) upload(this.gpu, tensor, encode(values, tensor.dtype));
      await program.run('ops');
      const read = [];
      for (const tensor of results) read.push(decode(await download(this.gpu, tensor), tensor));
      return read;
    } finally {
      program.dispose();
    }
  }
}

function encode(values: UploadValues, dtype: Dtype): UploadValues | Uint16Array<ArrayBuffer> {
  if (dtype !== 'f16') return values;
  return Uint16Array.from(values, (value) => float32ToFloat16(value));
}

function decode(bytes: ArrayBuffer, tensor: Tensor): Float32Array {
  const count = elements(tensor.shape);
  if (tensor.dtype === 'f16') return Float32Array.from(new Uint16Array(bytes, 0, count), float16ToFloat32);
  if (tensor.dtype === 'u32') return Float32Array.from(new Uint32Array(bytes, 0, count));
  return new Float32Array(bytes, 0, count);
}

/** What an f16 tensor holds of these values. */
export function rounded(values: Float32Array<ArrayBuffer>, dtype: Dtype): Float32Array<ArrayBuffer> {
  return dtype === 'f16' ? values.map((value) => float16ToFloat32(float32ToFloat16(value))) : values;
}

/** Expects every value to be there, and `|got - want| <= tolerance * (1 + |want|)`. */
export function expectClose(got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number, what = ''): void {
  expect(got.length, `${what}: length`).toBe(want.length);
  let worst = -1;
  let worstError = 0;
  for (let i = 0; i < want.length; i++) {
    const error = Math.abs((got[i] as number) - (want[i] as number)) / (1 + Math.abs(want[i] as number));
    if (!(error <= worstError)) {
      worst = i;
      worstError = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
    }
  }
  const shown = worst < 0 ? '' : `${what}: element ${worst} is ${got[worst]}, not ${want[worst]}`;
  expect(worstError, shown).toBeLessThanOrEqual(tolerance);
}
