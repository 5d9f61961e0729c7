import type { BlockCounts } from 'stillframe';

/** Block forwards that were computed, of all: 0 to 1. */
export function computedShare({ computed, reused }: BlockCounts): number {
  return computed / (computed + reused);
}
