import { WeightsError } from '../errors.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { elementBytes, elements, type Tensor } from '../gpu/tensor.ts';
import { upload } from '../gpu/transfer.ts';
import { packF16 } from './dtypes.ts';
import { decode } from './formats.ts';
import type { TensorInfo } from './safetensors.ts';

/** One tensor of a file and where its values go. */
export interface Delivery {
  readonly name: string;
  readonly target: Tensor;
  /** First element of `target` to write. */
  readonly offset: number;
  /** Which elements, in which order; absent: all, as they are. */
  readonly arrange?: ((values: Float32Array) => Float32Array) | undefined;
}

/**
 * Writes a tensor's bytes to where they go, in the target's type.
 *
 * @throws {WeightsError} for a value that f16 cannot hold.
 */
export function deliver(
  gpu: Gpu,
  { name, target, offset, arrange }: Delivery,
  info: TensorInfo,
  bytes: Uint8Array<ArrayBuffer>,
): void {
  if (!arrange && !info.format && info.dtype.toLowerCase() === target.dtype) {
    upload(gpu, target, bytes, offset * elementBytes[target.dtype]);
    return;
  }
  const decoded = decode(bytes, info);
  const values = arrange ? arrange(decoded) : decoded;
  if (offset + values.length > elements(target.shape))
    throw new Error(`${name}: more values than ${target.label} holds`);
  if (target.dtype === 'f32') {
    upload(gpu, target, new Float32Array(values), offset * 4);
    return;
  }
  const packed = packF16(values, (index) => {
    throw new WeightsError(
      `${name}: element ${index} is ${values[index]}, which f16 cannot hold.`,
      "Load the model with weights: 'f32', which holds all that files do.",
    );
  });
  upload(gpu, target, packed, offset * 2);
}
