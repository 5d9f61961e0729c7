import { Mt19937 } from './mt19937.ts';

/**
 * `torch.randn(count, generator=torch.Generator().manual_seed(seed))`, so that a seed here is the same seed in
 * diffusers. PyTorch fills 16 values or more with uniforms of 24 bits and turns each block of 16 into normals by
 * Box-Muller, value j with value j + 8; a last partial block is drawn again as the last 16. Fewer than 16 values come
 * one by one from 53-bit uniforms.
 *
 * Source: PyTorch `aten/src/ATen/native/cpu/DistributionTemplates.h` (normal_fill), `ATen/core/DistributionsHelper.h`.
 *
 * @returns f32 values; they agree with PyTorch's to 1e-6 (its vectorised logarithm and cosine round differently).
 */
export function randn(count: number, seed: number): Float32Array<ArrayBuffer> {
  const generator = new Mt19937(seed);
  const out = new Float32Array(count);
  if (count < 16) {
    fillFew(out, generator);
    return out;
  }
  for (let i = 0; i < count; i++) out[i] = uniform24(generator);
  for (let block = 0; block + 16 <= count; block += 16) boxMuller(out.subarray(block, block + 16));
  if (count % 16 !== 0) {
    const last = out.subarray(count - 16);
    for (let i = 0; i < 16; i++) last[i] = uniform24(generator);
    boxMuller(last);
  }
  return out;
}

function uniform24(generator: Mt19937): number {
  return (generator.next() & 0xffffff) / 2 ** 24;
}

/** 2 pi in f32. */
const TWO_PI = Math.fround(2 * Math.PI);

function boxMuller(block: Float32Array): void {
  for (let j = 0; j < 8; j++) {
    // Rounded to f32 where PyTorch's lanes are: the angle's rounding alone would cost 1e-6.
    const radius = Math.fround(Math.sqrt(-2 * Math.fround(Math.log(1 - (block[j] as number)))));
    const theta = Math.fround(TWO_PI * (block[j + 8] as number));
    block[j] = radius * Math.cos(theta);
    block[j + 8] = radius * Math.sin(theta);
  }
}

/** 53 random bits in [0, 1): the first 32 drawn are the high ones. */
function uniform53(generator: Mt19937): number {
  const high = BigInt(generator.next());
  const low = BigInt(generator.next());
  return Number(((high << 32n) | low) & ((1n << 53n) - 1n)) / 2 ** 53;
}

function fillFew(out: Float32Array, generator: Mt19937): void {
  for (let i = 0; i < out.length; i += 2) {
    const first = uniform53(generator);
    const radius = Math.sqrt(-2 * Math.log1p(-uniform53(generator)));
    out[i] = radius * Math.cos(2 * Math.PI * first);
    if (i + 1 < out.length) out[i + 1] = radius * Math.sin(2 * Math.PI * first);
  }
}
