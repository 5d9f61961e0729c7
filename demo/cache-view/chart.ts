/** A number at an axis. */
export interface Tick {
  /** Where: 0 at the low end, 1 at the high one. */
  readonly at: number;
  readonly text: string;
}

/** Ends of an even axis. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** About so many ticks of an even axis, at round numbers: multiples of 1, 2 or 5 times a power of 10. */
export function evenTicks({ low, high }: Range, text: (value: number) => string, about = 5): Tick[] {
  const rough = (high - low) / about;
  const power = Math.floor(Math.log10(rough));
  const every = [1, 2, 5, 10].map((digit) => Number(`${digit}e${power}`)).find((step) => step >= rough) ?? rough;
  const first = Math.ceil(low / every - 1e-9);
  const count = Math.max(0, Math.floor(high / every + 1e-9) - first + 1);
  return Array.from({ length: count }, (_, i) => {
    // Written out, so that 3 * 0.1 is 0.3.
    const value = Number(((first + i) * every).toPrecision(12));
    return { at: (value - low) / (high - low), text: text(value) };
  });
}

/** The middle of a step's column, 0 to 1 of the width. */
export function middleOf(step: number, steps: number): number {
  return (step + 0.5) / steps;
}

/**
 * A line through values by step, as an SVG path in a box of 1 x 1; it is broken where a value is not known.
 *
 * @param share Where a value lies, from 0 at the bottom to 1.
 */
export function linePath(values: readonly (number | null)[], steps: number, share: (value: number) => number): string {
  return values
    .map((value, step) => {
      if (value === null) return '';
      const begins = step === 0 || values[step - 1] === null;
      return `${begins ? 'M' : 'L'}${place(middleOf(step, steps), share(value))}`;
    })
    .join('');
}

/** A dot at each value: a line of no length, whose round ends are as wide as it is drawn. */
export function dotsPath(values: readonly (number | null)[], steps: number, share: (value: number) => number): string {
  return values
    .map((value, step) => (value === null ? '' : `M${place(middleOf(step, steps), share(value))}h0`))
    .join('');
}

function place(x: number, share: number): string {
  return `${x.toFixed(5)} ${(1 - share).toFixed(5)}`;
}
