import { OptionError } from './errors.ts';

/** Every option of a call by name, so that the compiler says where one is forgotten. */
export type KnownKeys<T> = Readonly<Record<keyof T, 1>>;

/**
 * Refuses what a call has no option for: ignored silently, a slip of the keyboard would give other pictures.
 *
 * @param call As it begins a sentence, such as `generate`.
 * @throws {OptionError} naming the option, and those that there are.
 */
export function refuseUnknown<T extends object>(call: string, given: T, known: KnownKeys<T>): void {
  const names = Object.keys(known);
  if (typeof given !== 'object') {
    throw new OptionError(`${call} was given ${JSON.stringify(given)}.`, `Pass an object with ${names.join(', ')}.`);
  }
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(known, name));
  if (unknown.length === 0) return;
  throw new OptionError(`${call} has no option ${unknown.join(', ')}.`, `Its options are ${names.join(', ')}.`);
}
