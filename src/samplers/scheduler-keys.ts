/**
 * Keys of `scheduler_config.json` that several classes have and mean the same by.
 *
 * @module
 */
import type { ConfigReader } from '../models/config.ts';
import { SPACINGS, type Spacing } from './sigmas.ts';

/** How many noise levels the model was trained on: timesteps go up to it. */
export function readTrainTimesteps(read: ConfigReader): number {
  return read.size('num_train_timesteps', 1000);
}

/** The flow's shift. @param key What the class calls it. */
export function readShift(read: ConfigReader, key: string): number {
  const shift = read.number(key, 1);
  if (shift > 0) return shift;
  throw read.unsupported(key, 'a number above 0');
}

/** The noise level that a schedule is stretched to end in; undefined for none. */
export function readShiftTerminal(read: ConfigReader): number | undefined {
  const terminal = read.number('shift_terminal', 0);
  if (terminal < 0 || terminal >= 1) throw read.unsupported('shift_terminal', 'a number from 0 to below 1');
  return terminal === 0 ? undefined : terminal;
}

/** The flag of another spacing that is set, of those that the class may have. */
export function readSpacing(read: ConfigReader, flags: readonly Spacing[]): Spacing | undefined {
  for (const flag of Object.keys(SPACINGS) as Spacing[]) if (!flags.includes(flag)) read.only(flag, [false, null]);
  const [spacing, other] = flags.filter((flag) => read.flag(flag, false));
  if (other) throw read.unsupported(other, `false beside ${spacing}`);
  return spacing;
}

/** The levels between which such a spacing lies, each by default what it would be without. */
export function readRange(
  read: ConfigReader,
  [largest, smallest]: readonly [number, number],
): readonly [largest: number, smallest: number] {
  const level = (key: string, absent: number) => {
    const value = read.number(key, absent);
    if (value > 0) return value;
    throw read.unsupported(key, 'a number above 0');
  };
  return [level('sigma_max', largest), level('sigma_min', smallest)];
}
