import source from '../../../shaders/metrics/motion.wgsl';
import type { MetricKind } from './metric.ts';

/**
 * How much a clip moves: `sum |a - b| / (sum |a| + sum |b|)` over all pairs of frames some apart, of one and the same
 * tensor. Nothing is kept for it. A picture has no pairs, and scores infinity.
 */
export interface Motion {
  readonly kind: 'motion';
  /** Frames from one of a pair to the other. */
  readonly stride: number;
}

/** Motion between frames: AdaCache's regularisation, QuantCache's gradient. */
export const motion: MetricKind<Motion> = {
  kernel: ({ stride }) => ({ source, flags: {}, sums: 2, byRow: false, share: 1, framesAhead: stride }),
  label: ({ stride }) => `motion/${stride}`,
};
