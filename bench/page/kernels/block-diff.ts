import type { Capabilities } from '../../../src/gpu/capabilities.ts';
import { assign } from '../../../src/ops/assign.ts';
import { type BlockDiffVariant, blockDiff, blockScores, partialsShape } from '../../../src/ops/block-diff.ts';
import type { Metric } from '../../../src/ops/metrics/index.ts';
import type { CaseBuilder, KernelCase, Recorded } from './case.ts';

/** Far more than caches hold: 64 MiB a tensor in f32. */
const ROWS = 8192;
const WIDTH = 2048;
const COUNT = ROWS * WIDTH;

const METRIC: Metric = { kind: 'relativeL1', denominator: 'older' };

/** What is compared: a block's tensor and the one kept of it. */
interface Dtypes {
  readonly feature: 'f32' | 'f16';
  readonly cached: 'f32' | 'f16';
}

/**
 * `block_diff` with the kernel that ends it, against copies that move as many bytes: it reads two tensors and writes
 * one, they read one and write one. The device's copy tells how fast memory is, the kernel's what a kernel has of that.
 */
export function blockDiffCases({ f16 }: Capabilities): KernelCase[] {
  const cases = [makeCase('f32', { feature: 'f32', cached: 'f32' })];
  if (f16) cases.push(makeCase('f16', { feature: 'f16', cached: 'f16' }));
  cases.push(makeCase('f32, kept as packed f16', { feature: 'f32', cached: 'f16' }, true));
  return cases;
}

function makeCase(name: string, dtypes: Dtypes, isPacked = false): KernelCase {
  const bytes = COUNT * (bytesOf(dtypes.feature) + 2 * bytesOf(dtypes.cached));
  return {
    kernel: 'block_diff',
    shape: `${name}, ${ROWS} x ${WIDTH}`,
    work: { bytes },
    arms: {
      direct: (build) => recordDiff(build, dtypes, isPacked, 'direct'),
      tiled: (build) => recordDiff(build, dtypes, isPacked, 'tiled'),
      'kernel that copies': (build) => recordCopy(build, bytes / 2, true),
      'device copy': (build) => recordCopy(build, bytes / 2),
    },
  };
}

function bytesOf(dtype: 'f32' | 'f16'): number {
  return dtype === 'f32' ? 4 : 2;
}

/** Checked by the scores of its first run; later ones compare the feature with itself, at the same cost. */
function recordDiff(build: CaseBuilder, dtypes: Dtypes, isPacked: boolean, variant: BlockDiffVariant): Recorded {
  const { capabilities } = build.ops;
  const ops = isPacked ? { ...build.ops, capabilities: { ...capabilities, f16: false } } : build.ops;
  const feature = build.operand([ROWS, WIDTH], { dtype: dtypes.feature });
  const cached = build.operand([ROWS, WIDTH], { dtype: dtypes.cached });
  const partials = build.workspace(partialsShape(variant, METRIC, 1, COUNT));
  const out = build.output([3]);
  blockDiff(ops, { metric: METRIC, feature: feature.tensor, cached: cached.tensor, partials, block: 0, variant });
  blockScores(ops, { metric: METRIC, partials, scores: out, threshold: 0.1 });
  const score = relativeL1(feature.values, cached.values);
  // The block's score, their mean, and whether it is below the threshold: random values are not.
  return { out, reference: (index) => (index < 2 ? score : 0) };
}

function recordCopy(build: CaseBuilder, bytes: number, isKernel = false): Recorded {
  const from = build.operand([bytes / 4]);
  const out = build.output([bytes / 4]);
  if (isKernel) assign(build.ops, { x: from.tensor, out });
  else build.ops.recorder.copy(from.tensor, out, bytes);
  return { out, reference: (index) => from.values[index] as number };
}

/** sum |a - b| / sum |b|. */
function relativeL1(a: Float32Array, b: Float32Array): number {
  let [change, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    change += Math.abs((a[i] as number) - (b[i] as number));
    size += Math.abs(b[i] as number);
  }
  return change / size;
}
