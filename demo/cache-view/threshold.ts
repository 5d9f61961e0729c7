import { type Scale, scaleOf } from './scale.ts';

/** How finely thresholds are set by hand. */
export const THRESHOLD_STEP = 0.001;

/** The nearest threshold that can be set by hand. */
export function toThresholdStep(threshold: number): number {
  return Number((Math.round(threshold / THRESHOLD_STEP) * THRESHOLD_STEP).toFixed(3));
}

/** The chart's scale: holds what is drawn, and lets the threshold be halved and doubled. */
export function chartScale(values: readonly (number | null)[], own: number | undefined): Scale {
  const room = own === undefined ? [] : [own / 2, own * 2];
  return scaleOf([...values, ...room].filter((value) => value !== null));
}
