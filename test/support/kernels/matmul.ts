import { type Epilogue, type Linear, type MatmulVariant, matmul } from '../../../src/ops/matmul.ts';
import { expectClose, KernelRun, Random, rounded, testGpu } from '../kernel-run.ts';

export const EPILOGUES = ['none', 'gelu', 'silu', 'residual', 'gatedResidual', 'geluMultiply'] as const;
export type Types = { x: 'f32' | 'f16'; weight: 'f32' | 'f16'; out: 'f32' | 'f16' };

const gelu = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
const silu = (x: number) => x / (1 + Math.exp(-x));

/** One random matmul, run on the GPU and in float64. */
export async function checkMatmul(
  variant: MatmulVariant,
  kind: (typeof EPILOGUES)[number],
  [M, K, N]: [number, number, number],
  types: Types,
  seed: number,
  split = false,
) {
  const gpu = await testGpu();
  const random = new Random(seed);
  const run = new KernelRun(gpu);
  const K4 = Math.ceil(K / 4) * 4;
  const x = rounded(random.values(M * K, 3), types.x);
  const w = rounded(random.values(N * K, 1 / Math.sqrt(K)), types.weight);
  const bias = kind === 'residual' ? undefined : random.values(N);
  const before = rounded(random.values(M * N), types.out);
  const padded = new Float32Array(N * K4);
  for (let n = 0; n < N; n++) padded.set(w.subarray(n * K, (n + 1) * K), n * K4);

  const cut = split ? Math.max(1, Math.floor(N / 8) * 4) : N;
  const ranges =
    split && cut < N
      ? [
          [0, cut],
          [cut, N],
        ]
      : [[0, N]];
  const linear: Linear = {
    inFeatures: K,
    outFeatures: N,
    parts: (ranges as [number, number][]).map(([from, to]) => ({
      firstRow: from,
      rows: to - from,
      weight: run.input([to - from, K4], padded.subarray(from * K4, to * K4), types.weight),
      ...(bias ? { bias: run.input([to - from], bias.subarray(from, to)) } : {}),
    })),
  };
  const groups = Uint32Array.from({ length: M }, () => random.integer(0, 2));
  const table = random.values(2 * N);
  const conditioning = random.values(3 * 2 * N);
  const epilogue: Epilogue =
    kind === 'gatedResidual'
      ? {
          kind,
          part: 1,
          modulation: {
            table: run.input([2, N], table),
            conditioning: run.input([3, 2, N], conditioning),
            groups: run.input([M], groups, 'u32'),
          },
        }
      : { kind };
  const readsOut = kind === 'residual' || kind === 'gatedResidual' || kind === 'geluMultiply';
  const out = readsOut ? run.input([M, N], before, types.out) : run.output([M, N], types.out);
  const input = run.input([M, K], x, types.x);
  const [got = []] = await run.run(() => matmul(run.context, { x: input, linear, out, epilogue, variant }), out);

  const want = new Float64Array(M * N);
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      let y = bias?.[n] ?? 0;
      for (let k = 0; k < K; k++) y += (x[m * K + k] as number) * (w[n * K + k] as number);
      const old = before[m * N + n] as number;
      const gate = (table[N + n] as number) + (conditioning[((groups[m] as number) * 2 + 1) * N + n] as number);
      if (kind === 'gelu') y = gelu(y);
      if (kind === 'silu') y = silu(y);
      if (kind === 'residual') y += old;
      if (kind === 'gatedResidual') y = old + gate * y;
      if (kind === 'geluMultiply') y = gelu(y) * old;
      want[m * N + n] = y;
    }
  }
  const tolerance = types.out === 'f16' ? 2e-3 : 2e-5;
  expectClose(got, want, tolerance, `${JSON.stringify(variant)} ${kind} ${M}x${K}x${N} ${JSON.stringify(types)}`);
}

/** Fuzzed sizes: 1, primes, one past a tile, and multiples of 4, all equally likely. */
export function size(random: Random): number {
  const pick = [1, 2, 3, 4, 7, 13, 16, 17, 31, 64, 65, 67, 80, 129];
  return pick[random.integer(0, pick.length - 1)] as number;
}
