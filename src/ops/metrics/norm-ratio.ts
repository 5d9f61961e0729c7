import source from '../../../shaders/metrics/norm_ratio.wgsl';
import type { MetricKind } from './metric.ts';

/** `|a| / |b|`, L2 norms, b being the older. */
export interface NormRatio {
  readonly kind: 'normRatio';
  /** Of all values as one vector, or of each token: their mean, or their standard deviation (of a sample). */
  readonly per: 'tensor' | 'tokenMean' | 'tokenDeviation';
}

/** Ratio of norms: what MagCache calibrates. */
export const normRatio: MetricKind<NormRatio> = {
  kernel: ({ per }) => ({
    source,
    flags: { SPREAD: per === 'tokenDeviation' },
    sums: 3,
    byRow: per !== 'tensor',
    share: 1,
    framesAhead: 0,
  }),
  label: ({ per }) => `normRatio/${per}`,
};
