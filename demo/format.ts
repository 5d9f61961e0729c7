const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];
const COUNT_UNITS = ['', ' thousand', ' million', ' billion'];

/** An amount of memory in decimal units, e.g. `21.3 MB`. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, BYTE_UNITS.map((unit) => ` ${unit}`));
}

/** A large number in words, e.g. `10.6 million`. */
export function formatCount(count: number): string {
  return scaled(count, COUNT_UNITS);
}

/** Three digits, or all of a number below the first unit. */
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
