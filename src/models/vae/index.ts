/**
 * `AutoencoderKLWan` of Wan 2.1: clips to latents and back.
 *
 * @module
 */

export type { ChunkRun } from './clip.ts';
export {
  type AutoencoderKLWanConfig,
  parseAutoencoderKLWanConfig,
  spatialCompression,
  temporalCompression,
} from './config.ts';
export { WanDecoder } from './decoder.ts';
export { WanEncoder } from './encoder.ts';
