/** Seconds, e.g. `4.52 s`. */
export function formatSeconds(seconds: number): string {
  return `${seconds.toFixed(seconds < 100 ? 2 : 0)} s`;
}

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
