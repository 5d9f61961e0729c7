import type { CacheView } from '../state/live.ts';

/** How much of a step was computed: in all branches, in some, in none. */
export type StepKind = 'computed' | 'partly' | 'reused';

/** What a step did; undefined while it is not known. */
export function stepKind({ schedule }: Pick<CacheView, 'schedule'>, step: number): StepKind | undefined {
  const digits = Object.values(schedule).map((branch) => branch?.[step]);
  if (digits.length === 0 || digits.includes(undefined)) return undefined;
  const computed = digits.filter((digit) => digit === '1').length;
  if (computed === 0) return 'reused';
  return computed === digits.length ? 'computed' : 'partly';
}

/** Seconds by step of those of one kind, the GPU's where they are known; null elsewhere. */
export function secondsOf(view: CacheView, kind: StepKind): (number | null)[] {
  return Array.from({ length: view.steps }, (_, step) => {
    const seconds = (view.gpuStepSeconds ?? view.stepSeconds)[step];
    return seconds !== undefined && (stepKind(view, step) ?? 'computed') === kind ? seconds : null;
  });
}

/** What each kind of step took, e.g. `A computed step took 350 ms, a reused one 12 ms (medians of 10 and 20).` */
export function timelineSentence(view: CacheView): string {
  const kinds = (['computed', 'partly', 'reused'] as const).flatMap((kind) => {
    const seconds = secondsOf(view, kind).filter((value) => value !== null);
    return seconds.length > 0 ? [{ name: NAMES[kind], count: seconds.length, median: median(seconds) }] : [];
  });
  if (kinds.length === 0) return 'After a step: how long it took.';
  const took = kinds.map(({ name, count, median }) => `${name} ${formatStep(median)} (${count})`);
  return `Median: ${took.join(', ')}.`;
}

/** What a step's time is measured by. */
export function timelineSource({ gpuStepSeconds }: Pick<CacheView, 'gpuStepSeconds'>): string {
  return gpuStepSeconds
    ? 'GPU time, from the first to the last command of a step’s forwards.'
    : 'Wall-clock time from one step’s end to the next one’s, two being in flight.';
}

const NAMES: Readonly<Record<StepKind, string>> = {
  computed: 'computed',
  partly: 'computed in one branch',
  reused: 'reused',
};

/** A step's time, e.g. `12.3 ms`. */
export function formatStep(seconds: number): string {
  const [value, unit] = seconds < 1 ? [seconds * 1000, 'ms'] : [seconds, 's'];
  return `${Number(value.toPrecision(3))} ${unit}`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}
