import source from '../../../shaders/metrics/relative_l1.wgsl';
import type { MetricKind } from './metric.ts';

/** `sum |a - b| / sum |b|`, b being the older of the two, or the newer. */
export interface RelativeL1 {
  readonly kind: 'relativeL1';
  readonly denominator: 'older' | 'newer';
}

/** Relative L1 difference: BWCache's, TeaCache's, SmoothCache's. */
export const relativeL1: MetricKind<RelativeL1> = {
  kernel: ({ denominator }) => ({
    source,
    flags: { NEWER: denominator === 'newer' },
    sums: 2,
    byRow: false,
    share: 1,
    framesAhead: 0,
  }),
  label: ({ denominator }) => `relativeL1/${denominator}`,
};
