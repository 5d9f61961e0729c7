/** Ends of a logarithmic scale of scores, both above 0: round numbers, 1, 2 or 5 times a power of 10. */
export interface Scale {
  readonly low: number;
  readonly high: number;
}

/** What is shown before anything was measured. */
const DEFAULT_SCALE: Scale = { low: 0.01, high: 1 };

/** More numbers would touch each other on a short ramp. */
const MOST_TICKS = 5;

/** The tightest scale that holds the scores; zeros lie below it, and infinity, which a threshold may be, above. */
export function scaleOf(scores: Iterable<number>): Scale {
  const above = [...scores].filter((score) => score > 0 && Number.isFinite(score));
  if (above.length === 0) return DEFAULT_SCALE;
  const [least, most] = [Math.min(...above), Math.max(...above)];
  const low = roundNumbers(least / 10, least).at(-1) ?? least;
  const high = roundNumbers(most, most * 10).find((number) => number > low) ?? most;
  return { low, high };
}

/** Where a value lies: 0 at the low end, 1 at the high one. What is outside is put at the nearer end. */
export function shareOf(value: number, { low, high }: Scale): number {
  if (!(value > low)) return 0;
  return Math.min(1, Math.log(value / low) / Math.log(high / low));
}

/** The value that lies there. */
export function valueAt(share: number, { low, high }: Scale): number {
  return low * (high / low) ** share;
}

/** The scale's round numbers. */
export function ticksOf({ low, high }: Scale): readonly number[] {
  return roundNumbers(low, high);
}

/** Those of the round numbers that there is room for on a short ramp: where they are many, powers of 10 and the ends. */
export function fewTicksOf(scale: Scale): readonly number[] {
  const ticks = ticksOf(scale);
  if (ticks.length <= MOST_TICKS) return ticks;
  const isPower = (tick: number) => Number.isInteger(Number(Math.log10(tick).toFixed(6)));
  return ticks.filter((tick, i) => i === 0 || i === ticks.length - 1 || isPower(tick));
}

/** The numbers 1, 2 and 5 times a power of 10 from one to another. */
function roundNumbers(from: number, to: number): readonly number[] {
  const numbers: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++) {
    // Written out, so that 2 and -2 make 0.02 and not a neighbour of it.
    numbers.push(...[1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  }
  return numbers.filter((number) => number >= from && number <= to);
}
