import { type MatmulVariant, matmul } from '../../../src/ops/matmul.ts';
import type { CaseBuilder, KernelCase, Recorded } from './case.ts';

type Size = readonly [rows: number, depth: number, columns: number];

/** The shape that kernels are tuned on: a model of this width at four times its tokens. */
const TUNED: Size = [320, 192, 768];

/** The linear layers of the embedded model at 80 tokens, 32 words, 30 timesteps. */
const EMBEDDED: readonly Size[] = [
  [80, 192, 576],
  [80, 192, 192],
  [80, 192, 768],
  [80, 768, 192],
  [32, 192, 384],
  [30, 192, 1152],
];

/** Matmuls: variants on the tuned shape, and the chosen variant on the embedded model's shapes. */
export function matmulCases(): KernelCase[] {
  const variants: Record<string, MatmulVariant> = {
    'direct 4': { name: 'direct', tileM: 4 },
    'direct 8': { name: 'direct', tileM: 8 },
    'direct 16': { name: 'direct', tileM: 16 },
    'tiled 64': { name: 'tiled', tileM: 64 },
    'tiled 128': { name: 'tiled', tileM: 128 },
  };
  const tuned = Object.entries(variants).map(([name, variant]) => [name, arm(TUNED, 'f32', variant)] as const);
  const arms = { ...Object.fromEntries(tuned), 'chosen, f16 weights': arm(TUNED, 'f16') };
  const chosen = EMBEDDED.map((size) =>
    makeCase(size, { 'chosen, f32 weights': arm(size, 'f32'), 'chosen, f16 weights': arm(size, 'f16') }),
  );
  return [makeCase(TUNED, arms), ...chosen];
}

function makeCase([rows, depth, columns]: Size, arms: KernelCase['arms']): KernelCase {
  const shape = `M ${rows} K ${depth} N ${columns}`;
  return { kernel: 'matmul', shape, work: { flops: 2 * rows * depth * columns }, arms };
}

function arm([rows, depth, columns]: Size, dtype: 'f32' | 'f16', variant?: MatmulVariant) {
  return (build: CaseBuilder): Recorded => {
    const x = build.operand([rows, depth]);
    const weight = build.operand([columns, depth], { dtype });
    const bias = build.operand([columns]);
    const out = build.output([rows, columns]);
    const part = { weight: weight.tensor, bias: bias.tensor, firstRow: 0, rows: columns };
    const linear = { parts: [part], outFeatures: columns, inFeatures: depth };
    matmul(build.ops, { x: x.tensor, linear, out, ...(variant && { variant }) });
    const reference = (index: number) => {
      const [row, column] = [Math.floor(index / columns), index % columns];
      let sum = bias.values[column] as number;
      for (let k = 0; k < depth; k++) {
        sum += (x.values[row * depth + k] as number) * (weight.values[column * depth + k] as number);
      }
      return sum;
    };
    return { out, reference };
  };
}
