import { linearCombination } from '../../../src/ops/linear-combination.ts';
import { type NormVariant, norm } from '../../../src/ops/norm.ts';
import { silu } from '../../../src/ops/silu.ts';
import type { CaseBuilder, KernelCase, Recorded } from './case.ts';

/** Kernels that are bound by memory: norms, and the sampler's update on latents of 4 million values. */
export function bandwidthCases(): KernelCase[] {
  const norms = ([rows, width]: readonly [number, number]): KernelCase => ({
    kernel: 'norm',
    shape: `layer, ${rows} rows of ${width}`,
    work: { bytes: 8 * rows * width },
    arms: {
      direct: (build) => recordNorm(build, rows, width, { name: 'direct' }),
      tiled: (build) => recordNorm(build, rows, width, { name: 'tiled', lanes: width <= 256 ? 16 : 64 }),
    },
  });
  const latents = 2 ** 22;
  return [
    norms([80, 192]),
    norms([4096, 192]),
    norms([1024, 1536]),
    {
      kernel: 'linear_combination',
      shape: `2 velocities, ${latents} values`,
      work: { bytes: 16 * latents },
      arms: { chosen: (build) => recordUpdate(build, latents) },
    },
    {
      kernel: 'silu',
      shape: `${latents} values`,
      work: { bytes: 8 * latents },
      arms: { chosen: (build) => recordSilu(build, latents) },
    },
  ];
}

function recordNorm(build: CaseBuilder, rows: number, width: number, variant: NormVariant): Recorded {
  const x = build.operand([rows, width]);
  const out = build.output([rows, width]);
  norm(build.ops, { kind: 'layer', x: x.tensor, out, variant });
  const reference = (index: number) => {
    const row = x.values.subarray(Math.floor(index / width) * width).subarray(0, width);
    const mean = row.reduce((sum, value) => sum + value, 0) / width;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
    return ((x.values[index] as number) - mean) / Math.sqrt(variance + 1e-6);
  };
  return { out, reference };
}

/** The state's own coefficient is 0, so that every run of many gives the same. */
function recordUpdate(build: CaseBuilder, size: number): Recorded {
  const state = build.operand([1, size]);
  const velocity = build.operand([2, size]);
  const coefficients = build.operand([1, 3]);
  const [, a = 0, b = 0] = coefficients.values.fill(0, 0, 1);
  const out = state.tensor;
  linearCombination(build.ops, { state: out, velocity: velocity.tensor, coefficients: coefficients.tensor });
  const value = (index: number) => velocity.values[index] as number;
  return { out, reference: (index) => a * value(index) + b * value(size + index), inPlace: true };
}

function recordSilu(build: CaseBuilder, size: number): Recorded {
  const x = build.operand([size]);
  const out = build.output([size]);
  silu(build.ops, { x: x.tensor, out });
  const reference = (index: number) => {
    const value = x.values[index] as number;
    return value / (1 + Math.exp(-value));
  };
  return { out, reference };
}
