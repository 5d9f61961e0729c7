/**
 * Eight-bit weights with a scale beside each, as ComfyUI saves them: `x.weight` and `x.scale_weight`, or `x.weight_scale`.
 *
 * @module
 */

import { UnsupportedModelError } from '../errors.ts';
import type { CheckedSource } from './checked-source.ts';
import { formatOf, unsupportedDtype } from './formats.ts';
import { readTensors } from './rows.ts';
import type { TensorInfo } from './tensor-entry.ts';
import type { WeightFormat } from './weight-format.ts';

/** Of a module's own tensors, the scale of its weight. */
const SCALES = ['scale_weight', 'weight_scale'];

/** What else stands beside a scaled weight: of its inputs, for matmuls in eight bits, and a note of the format. */
const BESIDE = ['scale_input', 'input_scale', 'comfy_quant'];

/** Says of a whole file that it has scales. */
const MARK = 'scaled_fp8';

/**
 * Takes scales into the formats of the weights that they are of: reads them, a number each, and leaves out what else is for
 * them alone. Tensors without scales are as they were, and a scale beside a weight in 16 or 32 bits stays a tensor that
 * nobody reads.
 *
 * @throws UnsupportedModelError for a scale of other than one number, from headers; SourceError.
 */
export async function withScales(
  source: CheckedSource,
  label: string,
  tensors: ReadonlyMap<string, TensorInfo>,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, TensorInfo>> {
  const scaled = [...tensors.values()].flatMap((weight) => {
    const module = /^(.+\.)weight$/.exec(weight.name)?.[1];
    if (module === undefined || !weight.dtype.startsWith('F8_')) return [];
    const scale = SCALES.map((name) => tensors.get(module + name)).find((info) => info !== undefined);
    return scale ? [{ weight, module, scale }] : [];
  });
  if (scaled.length === 0 && !tensors.has(MARK)) return tensors;
  for (const { weight, scale } of scaled) checkScale(label, weight, scale);
  const values = await readTensors(
    source,
    scaled.map(({ scale }) => scale),
    signal,
  );
  const found = new Map(tensors);
  found.delete(MARK);
  for (const { weight, module, scale } of scaled) {
    const factor = values.get(scale.name)?.[0] as number;
    found.set(weight.name, { ...weight, format: times(formatOf(weight) as WeightFormat, factor) });
    for (const name of [...SCALES, ...BESIDE]) found.delete(module + name);
  }
  return found;
}

function checkScale(label: string, weight: TensorInfo, { name, shape, dtype, file }: TensorInfo): void {
  if (!formatOf(weight)) throw unsupportedDtype(`${label}: ${weight.name} in ${file} is in ${weight.dtype}`);
  if (!formatOf({ dtype })) throw unsupportedDtype(`${label}: ${name} in ${file} is in ${dtype}`);
  const count = shape.reduce((product, size) => product * size, 1);
  if (count === 1) return;
  throw new UnsupportedModelError(
    `${label}: ${name} in ${file} is [${shape}]: ${count} scales for ${weight.name}; one is read.`,
    'Use a file with one scale for each weight, or one in fp16 or GGUF.',
  );
}

/** A format whose numbers are to be multiplied, in f32. */
function times(format: WeightFormat, factor: number): WeightFormat {
  return {
    ...format,
    decode(bytes) {
      const values = format.decode(bytes);
      for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * factor;
      return values;
    },
  };
}
