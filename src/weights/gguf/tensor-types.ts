import type { WeightFormat } from '../weight-format.ts';
import { q3_K, q4_K, q5_K, q6_K } from './k-blocks.ts';
import { q4_0, q4_1, q5_0, q5_1, q8_0 } from './simple-blocks.ts';

/** A type of ggml's tensors. */
export interface TensorType {
  readonly name: string;
  /** Numbers and bytes of a block. */
  readonly blockSize: number;
  readonly blockBytes: number;
  /** Absent: of the format with this name, or not read. */
  readonly format?: WeightFormat;
}

const read = (name: string, format: WeightFormat): TensorType => ({ name, format, ...format });
const other = (name: string, blockSize: number, blockBytes: number): TensorType => ({ name, blockSize, blockBytes });

/** By ggml's numbers: to read one more, add its format. Sizes of the others let a file be checked that also has them. */
export const TENSOR_TYPES: Readonly<Record<number, TensorType>> = {
  0: other('F32', 1, 4),
  1: other('F16', 1, 2),
  2: read('Q4_0', q4_0),
  3: read('Q4_1', q4_1),
  6: read('Q5_0', q5_0),
  7: read('Q5_1', q5_1),
  8: read('Q8_0', q8_0),
  9: other('Q8_1', 32, 40),
  10: other('Q2_K', 256, 84),
  11: read('Q3_K', q3_K),
  12: read('Q4_K', q4_K),
  13: read('Q5_K', q5_K),
  14: read('Q6_K', q6_K),
  15: other('Q8_K', 256, 292),
  16: other('IQ2_XXS', 256, 66),
  17: other('IQ2_XS', 256, 74),
  18: other('IQ3_XXS', 256, 98),
  19: other('IQ1_S', 256, 50),
  20: other('IQ4_NL', 32, 18),
  21: other('IQ3_S', 256, 110),
  22: other('IQ2_S', 256, 82),
  23: other('IQ4_XS', 256, 136),
  24: other('I8', 1, 1),
  25: other('I16', 1, 2),
  26: other('I32', 1, 4),
  27: other('I64', 1, 8),
  28: other('F64', 1, 8),
  29: other('IQ1_M', 256, 56),
  30: other('BF16', 1, 2),
  34: other('TQ1_0', 256, 54),
  35: other('TQ2_0', 256, 66),
  39: other('MXFP4', 32, 17),
};
