import type { LongDispatch } from '../gpu/pacer.ts';

/** What a report says of a run's longest dispatch, where it takes longer than a submission should. */
export function longDispatchWarnings(longest: LongDispatch | undefined): string[] {
  if (!longest) return [];
  const { kernel, seconds } = longest;
  return [
    `One dispatch of ${kernel} takes about ${seconds.toFixed(1)} s, and cannot be cut: where the system resets a GPU that is busy for so long, use a smaller size or fewer frames.`,
  ];
}
