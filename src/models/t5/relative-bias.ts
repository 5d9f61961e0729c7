import type { T5Config } from './config.ts';

/**
 * The bucket of a distance: half the buckets for each direction; of a direction, one for each of the nearest distances
 * and logarithmically wider ones beyond. Source: transformers `T5Attention._relative_position_bucket`, bidirectional.
 *
 * @param relativePosition Key position minus query position.
 */
function relativePositionBucket(relativePosition: number, buckets: number, maxDistance: number): number {
  const half = buckets / 2;
  const side = relativePosition > 0 ? half : 0;
  const distance = Math.abs(relativePosition);
  const exact = Math.floor(half / 2);
  if (distance < exact) return side + distance;
  const steps = Math.log(distance / exact) / Math.log(maxDistance / exact);
  // In f32 as the reference: at a bucket's edge float64 could fall on the other side.
  const far = exact + Math.trunc(Math.fround(Math.fround(steps) * (half - exact)));
  return side + Math.min(half - 1, far);
}

/**
 * The bias by distance that attention adds to its scores, [heads, 2 * length - 1]: entry `key - query + length - 1`.
 *
 * @param table The layer's `relative_attention_bias`, [buckets, heads].
 */
export function relativeBias(
  config: Pick<T5Config, 'numHeads' | 'relativeAttentionNumBuckets' | 'relativeAttentionMaxDistance'>,
  table: Float32Array,
  length: number,
): Float32Array<ArrayBuffer> {
  const { numHeads, relativeAttentionNumBuckets: buckets, relativeAttentionMaxDistance: maxDistance } = config;
  const distances = 2 * length - 1;
  const out = new Float32Array(numHeads * distances);
  for (let i = 0; i < distances; i++) {
    const bucket = relativePositionBucket(i - (length - 1), buckets, maxDistance);
    for (let head = 0; head < numHeads; head++) {
      out[head * distances + i] = table[bucket * numHeads + head] as number;
    }
  }
  return out;
}
