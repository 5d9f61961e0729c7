/** A colour in OKLCH. */
export interface Oklch {
  /** 0 to 1. */
  readonly lightness: number;
  readonly chroma: number;
  /** Degrees. */
  readonly hue: number;
}

interface Ends {
  readonly low: Oklch;
  readonly high: Oklch;
}

/**
 * From near the background to far from it. Lightness, which all eyes see alike, grows or falls evenly, so equal steps
 * look equal; hue goes from yellow to red and never near the blue of what is reused.
 */
const RAMPS: Readonly<Record<'light' | 'dark', Ends>> = {
  light: { low: { lightness: 0.94, chroma: 0.06, hue: 95 }, high: { lightness: 0.36, chroma: 0.12, hue: 22 } },
  dark: { low: { lightness: 0.3, chroma: 0.07, hue: 22 }, high: { lightness: 0.93, chroma: 0.1, hue: 98 } },
};

/** Between the ends chroma rises by this: a straight line from one to the other would pass through brown. */
const BULGE = 0.05;

/** The ramp's colour at a share from 0 to 1. */
export function rampAt(share: number, isDark: boolean): Oklch {
  const { low, high } = RAMPS[isDark ? 'dark' : 'light'];
  const between = (a: number, b: number) => a + (b - a) * share;
  return {
    lightness: between(low.lightness, high.lightness),
    chroma: between(low.chroma, high.chroma) + BULGE * 4 * share * (1 - share),
    hue: between(low.hue, high.hue),
  };
}

/** A colour as CSS and canvases take it. */
export function cssColor({ lightness, chroma, hue }: Oklch): string {
  return `oklch(${lightness.toFixed(4)} ${chroma.toFixed(4)} ${hue.toFixed(1)})`;
}

/** The whole ramp as a CSS image, low end left. */
export function rampImage(isDark: boolean): string {
  const stops = Array.from({ length: 9 }, (_, i) => cssColor(rampAt(i / 8, isDark)));
  return `linear-gradient(to right in oklab, ${stops.join(', ')})`;
}
