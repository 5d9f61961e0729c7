import { OptionError } from '../errors.ts';

/** A value of a policy's option; an object is an artifact, parsed from its JSON. */
export type OptionValue = number | string | boolean | readonly number[] | Readonly<Record<string, unknown>>;

/** An option of a policy: its default and what it may be. */
export interface OptionKind<T extends OptionValue> {
  readonly default: T;
  /** E.g. `a number from 0`. */
  readonly allowed: string;
  /** Whether a value is one of those. */
  readonly accepts: (value: unknown) => value is T;
}

/** A policy's options by name. */
export type OptionTable = Readonly<Record<string, OptionKind<OptionValue>>>;

/** The values of a table's options. */
export type OptionValues<T extends OptionTable> = {
  readonly [K in keyof T]: T[K] extends OptionKind<infer V> ? V : never;
};

/** A number, from `least` on, for which `accepts` holds too. */
export function numberOption(
  fallback: number,
  least: number,
  allowed: string,
  accepts: (value: number) => boolean = () => true,
): OptionKind<number> {
  const isAllowed = (value: unknown): value is number => typeof value === 'number' && value >= least && accepts(value);
  return { default: fallback, allowed, accepts: isAllowed };
}

/** One of several words. */
export function choiceOption<T extends string>(fallback: T, choices: readonly T[]): OptionKind<T> {
  const accepts = (value: unknown): value is T => choices.some((choice) => choice === value);
  return { default: fallback, allowed: choices.join(' or '), accepts };
}

/** Yes or no. */
export function flagOption(fallback: boolean): OptionKind<boolean> {
  return {
    default: fallback,
    allowed: 'true or false',
    accepts: (value): value is boolean => typeof value === 'boolean',
  };
}

/** A polynomial's coefficients, highest power first: numbers, or a string of them such as `1, 0`. */
export function coefficientsOption(fallback: readonly number[], most: number): OptionKind<string | readonly number[]> {
  const isList = (value: unknown): value is string | readonly number[] =>
    typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'number'));
  const accepts = (value: unknown): value is string | readonly number[] => {
    if (!isList(value)) return false;
    const numbers = parseCoefficients(value);
    return numbers.length >= 1 && numbers.length <= most && numbers.every(Number.isFinite);
  };
  return { default: fallback, allowed: `1 to ${most} numbers, such as "1, 0", highest power first`, accepts };
}

/** The numbers of a `coefficientsOption`; NaN for what is none. */
export function parseCoefficients(value: string | readonly number[]): readonly number[] {
  if (typeof value !== 'string') return value;
  return value.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
}

/**
 * Fills in defaults and checks what is given.
 *
 * @param policy Named in errors.
 * @throws {OptionError} naming the option, its value, and what it may be.
 */
export function resolveOptions<T extends OptionTable>(
  policy: string,
  table: T,
  given: Readonly<Record<string, unknown>>,
): OptionValues<T> {
  for (const [name, value] of Object.entries(given)) {
    const option = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!option) {
      const names = Object.keys(table).join(', ');
      const remedy = names ? `Its options are ${names}.` : 'It takes none.';
      throw new OptionError(`The policy ${policy} has no option ${name}.`, remedy);
    }
    if (value !== undefined && !option.accepts(value)) {
      throw new OptionError(`policyOptions.${name} is ${String(value)}.`, `Pass ${option.allowed}.`);
    }
  }
  const values = Object.entries(table).map(([name, option]) => [name, given[name] ?? option.default]);
  return Object.fromEntries(values) as OptionValues<T>;
}
