import { WeightsError } from '../errors.ts';
import { decodeInt64 } from '../weights/dtypes.ts';
import { decode } from '../weights/formats.ts';
import { LENGTH_BYTES, parseHeaderLength, parseSafetensorsHeader } from '../weights/safetensors.ts';
import { readBytes, type WeightSource } from '../weights/source.ts';

const REMEDY = 'Record it again, from the model that it is compared with.';

/** A recorded tensor, whole in memory: golden files are small. */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What a reference run recorded: `in.*`, `block.N`, `latents.N`, `out`, and its settings as metadata. */
export interface Golden {
  readonly file: string;
  readonly tensors: ReadonlyMap<string, GoldenTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Reads a golden file. @throws {SourceError | WeightsError} */
export async function readGolden(source: WeightSource, file: string, signal?: AbortSignal): Promise<Golden> {
  const bytes = await readBytes(source, file, undefined, signal);
  const length = parseHeaderLength(file, bytes.subarray(0, LENGTH_BYTES), bytes.length);
  const data = LENGTH_BYTES + length;
  const header = parseSafetensorsHeader(file, bytes.subarray(LENGTH_BYTES, data), bytes.length - data);
  const tensors = new Map<string, GoldenTensor>();
  for (const [name, { dtype, shape, start, end }] of header.tensors) {
    const raw = bytes.subarray(start, end);
    const values = dtype === 'I64' ? Float32Array.from(decodeInt64(raw)) : decode(raw, { dtype });
    tensors.set(name, { shape, values });
  }
  return { file, tensors, metadata: header.metadata };
}

/**
 * A tensor that a replay cannot do without.
 *
 * @param shape What it must be, where that matters; `any` stands for any size.
 * @throws {WeightsError} naming it, and its shape where that is another.
 */
export function goldenInput(golden: Golden, name: string, shape?: readonly (number | 'any')[]): GoldenTensor {
  const tensor = golden.tensors.get(name);
  if (!tensor) throw new WeightsError(`${golden.file} has no ${name}.`, REMEDY);
  const fits = shape?.every((size, i) => size === 'any' || size === tensor.shape[i]) ?? true;
  if (fits && (shape?.length ?? tensor.shape.length) === tensor.shape.length) return tensor;
  const [is, wanted] = [tensor.shape, shape ?? []].map((sizes) => `[${sizes.join(', ')}]`);
  throw new WeightsError(`${golden.file}: ${name} is ${is}, not ${wanted}.`, REMEDY);
}

/** Item `index` of a batch: the tensor without its first dimension. */
export function batchItem({ shape, values }: GoldenTensor, index: number): GoldenTensor {
  const size = values.length / (shape[0] as number);
  return { shape: shape.slice(1), values: values.slice(index * size, (index + 1) * size) };
}
