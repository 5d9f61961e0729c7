import source from '../../../shaders/metrics/cosine.wgsl';
import type { MetricKind } from './metric.ts';

/**
 * Cosine distance, `1 - a . b / (|a| |b|)`: 0 where both point the same way. The similarity is 1 less that; the distance
 * is what scores, so that what cannot be compared, which scores infinity, is never taken for alike.
 */
export interface Cosine {
  readonly kind: 'cosine';
  /** Of all values as one vector, or of each token, as a mean. */
  readonly per: 'tensor' | 'token';
  /** Of each token, the share of its channels that count, from the first on; all by default. */
  readonly channels?: number;
}

/** Cosine distance: Sortblock's rank, BAC's similarities. */
export const cosine: MetricKind<Cosine> = {
  kernel: ({ per, channels = 1 }) => ({
    source,
    flags: {},
    sums: 3,
    byRow: per === 'token',
    share: channels,
    framesAhead: 0,
  }),
  label: ({ per, channels }) => ['cosine', per, ...(channels === undefined ? [] : [channels])].join('/'),
};
