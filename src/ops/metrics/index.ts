/**
 * How two tensors are compared: to add a way, add its file, here and in shaders/metrics, and a line to `METRICS`.
 *
 * @module
 */
import { type Cosine, cosine } from './cosine.ts';
import { type MeanL1, meanL1, type RootMeanSquare, rootMeanSquare } from './mean-difference.ts';
import type { MetricKernel, MetricKind } from './metric.ts';
import { type Motion, motion } from './motion.ts';
import { type NormRatio, normRatio } from './norm-ratio.ts';
import { type RelativeL1, relativeL1 } from './relative-l1.ts';

/** How two tensors are compared: one of a list. */
export type Metric = RelativeL1 | MeanL1 | RootMeanSquare | Cosine | NormRatio | Motion;

/** By kind, each as its file says it. */
const METRICS: { readonly [K in Metric['kind']]: MetricKind<Extract<Metric, { readonly kind: K }>> } = {
  relativeL1,
  meanL1,
  rootMeanSquare,
  cosine,
  normRatio,
  motion,
};

/** The kernel that carries a metric out. */
export function metricKernel(metric: Metric): MetricKernel {
  return kindOf(metric).kernel(metric);
}

/** A metric's name in reports, e.g. `relativeL1/older`: two of one name compare the same way. */
export function metricLabel(metric: Metric): string {
  return kindOf(metric).label(metric);
}

/** Whether what is compared is of one step alone: nothing is kept for it. */
export function isOfOneStep(metric: Metric): boolean {
  return metricKernel(metric).framesAhead > 0;
}

function kindOf<M extends Metric>(metric: M): MetricKind<M> {
  // The key ties both, which indexing by it does not tell.
  return METRICS[metric.kind] as unknown as MetricKind<M>;
}
