/** Seconds, e.g. `4.52 s`. */
export function formatSeconds(seconds: number): string {
  return `${seconds.toFixed(seconds < 100 ? 2 : 0)} s`;
}

/** An estimated time, of which two digits are all that is known, e.g. `23 seconds`, `48 minutes` or `5 hours`. */
export function formatRoughly(seconds: number): string {
  const unit = DURATIONS.find((each) => seconds < each.below) ?? HOURS;
  const count = seconds / unit.seconds;
  const rounded = count < 1 ? Math.max(0.1, count).toFixed(1) : count.toPrecision(count < 10 ? 1 : 2);
  return formatAmount(Number(rounded), unit.name);
}

const HOURS = { name: 'hour', seconds: 3600, below: Number.POSITIVE_INFINITY };

/** Each up to where the next one is easier to read. */
const DURATIONS = [{ name: 'second', seconds: 1, below: 100 }, { name: 'minute', seconds: 60, below: 5400 }, HOURS];

/** Bytes in units of 1000, e.g. `35.3 MB`. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, [' B', ' kB', ' MB', ' GB', ' TB']);
}

/** A large number, e.g. `10.6 M`. */
export function formatCount(count: number): string {
  return scaled(count, ['', ' k', ' M', ' B']);
}

/** How many of something, e.g. `1 frame` and `17 frames`. */
export function formatAmount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A share from 0 to 1, e.g. `40.0 %`. */
export function formatShare(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** How many times as fast, e.g. `2.46 ×`. */
export function formatSpeedup(speedup: number): string {
  return `${speedup.toFixed(2)} ×`;
}

/** The most that the library says of a PSNR, in dB: what the same pixels get. */
const MOST_DECIBELS = 99;

/** Decibels of a PSNR, e.g. `44.1 dB`. */
export function formatDecibels(psnr: number): string {
  return psnr < MOST_DECIBELS ? `${psnr.toFixed(1)} dB` : `≥ ${MOST_DECIBELS} dB`;
}

/** An SSIM, e.g. `0.9966`. */
export function formatSsim(ssim: number): string {
  return ssim.toFixed(4);
}

/** Three digits and a unit, each a thousand times the one before. */
function scaled(value: number, units: readonly string[]): string {
  let [number, unit] = [value, 0];
  // What three digits would show as 1000 is 1 of the next unit.
  while (number >= 999.5 && unit < units.length - 1) {
    number /= 1000;
    unit++;
  }
  const digits = unit === 0 || number >= 99.95 ? 0 : number >= 9.995 ? 1 : 2;
  return `${number.toFixed(digits)}${units[unit]}`;
}
