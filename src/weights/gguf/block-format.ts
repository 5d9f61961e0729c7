import { float16ToFloat32 } from '../dtypes.ts';
import type { WeightFormat } from '../weight-format.ts';

/** Decodes the block at byte `at` to `out`, from element `to` on. Its sums round to f32 once, as it stores them. */
type DecodeBlock = (bytes: Uint8Array, at: number, out: Float32Array, to: number) => void;

/** A format of blocks. @param size Numbers of a block. @param blockBytes Its bytes. */
export function blockFormat(size: number, blockBytes: number, decodeBlock: DecodeBlock): WeightFormat {
  return {
    blockSize: size,
    blockBytes,
    decode(bytes) {
      const blocks = bytes.length / blockBytes;
      const out = new Float32Array(blocks * size);
      for (let block = 0; block < blocks; block++) decodeBlock(bytes, block * blockBytes, out, block * size);
      return out;
    },
  };
}

/** The little-endian f16 at a byte. */
export function f16At(bytes: Uint8Array, at: number): number {
  return float16ToFloat32((bytes[at] as number) | ((bytes[at + 1] as number) << 8));
}
