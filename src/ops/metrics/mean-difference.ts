import source from '../../../shaders/metrics/mean_difference.wgsl';
import type { MetricKind } from './metric.ts';

/** How far apart two tensors are, relative to nothing: `mean |a - b|`. */
export interface MeanL1 {
  readonly kind: 'meanL1';
}

/** The same by squares: `sqrt(mean (a - b)^2)`. */
export interface RootMeanSquare {
  readonly kind: 'rootMeanSquare';
}

const kernel = { source, sums: 2, byRow: false, share: 1, framesAhead: 0 } as const;

/** Mean absolute difference: EasyCache's. */
export const meanL1: MetricKind<MeanL1> = {
  kernel: () => ({ ...kernel, flags: { SQUARES: false } }),
  label: () => 'meanL1',
};

/** Root of the mean squared difference: SenCache's. */
export const rootMeanSquare: MetricKind<RootMeanSquare> = {
  kernel: () => ({ ...kernel, flags: { SQUARES: true } }),
  label: () => 'rootMeanSquare',
};
