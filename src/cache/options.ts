import { OptionError } from '../errors.ts';

/** A value of a policy's option; an object is an artifact, parsed from its JSON. */
export type OptionValue = number | string | boolean | readonly number[] | Readonly<Record<string, unknown>>;

/** How an option may be asked for in a form. */
export type OptionInput =
  | {
      /** A number field, or a slider. */
      readonly kind: 'number';
      /** Allowed from here on. */
      readonly least: number;
      /** Allowed up to here; absent where there is no end. */
      readonly most?: number;
      /** What is sensible: ends of a slider. */
      readonly suggested: readonly [number, number];
      /** Whether only whole numbers are allowed. */
      readonly isWhole: boolean;
      /** Of a count that may also be a share below 1: from here on, only whole numbers are allowed. */
      readonly wholeFrom?: number;
    }
  | {
      /** One of several words. */
      readonly kind: 'choice';
      /** Which. */
      readonly choices: readonly string[];
    }
  | {
      /** Yes or no. */
      readonly kind: 'flag';
    }
  | {
      /** A line of text. */
      readonly kind: 'text';
    }
  | {
      /** A JSON that `npm run calibrate` wrote, or its address. */
      readonly kind: 'artifact';
    };

/** An option of a policy: its default and what it may be. */
export interface OptionKind<T extends OptionValue> {
  /** Taken where nothing is said. */
  readonly default: T;
  /** What it does: a line, for forms and help texts. */
  readonly help: string;
  /** E.g. `a number from 0`. */
  readonly allowed: string;
  /** How a form asks for it. */
  readonly input: OptionInput;
  /** Whether a value is one of those. */
  readonly accepts: (value: unknown) => value is T;
}

/** What every kind of option is told. */
type Told<T extends OptionValue> = Pick<OptionKind<T>, 'default' | 'help'>;

/** A policy's options by name. */
export type OptionTable = Readonly<Record<string, OptionKind<OptionValue>>>;

/** The values of a table's options. */
export type OptionValues<T extends OptionTable> = {
  readonly [K in keyof T]: T[K] extends OptionKind<infer V> ? V : never;
};

/** A number. */
export function numberOption(
  told: Told<number> &
    Pick<OptionKind<number>, 'allowed'> &
    Omit<Extract<OptionInput, { kind: 'number' }>, 'kind' | 'isWhole'> & { readonly isWhole?: boolean },
): OptionKind<number> {
  const { default: fallback, help, allowed, least, most = Number.POSITIVE_INFINITY, isWhole = false } = told;
  const { suggested, wholeFrom = isWhole ? least : undefined } = told;
  const accepts = (value: unknown): value is number => {
    if (typeof value !== 'number' || !(value >= least && value <= most)) return false;
    return wholeFrom === undefined || value < wholeFrom || Number.isInteger(value);
  };
  const input = {
    kind: 'number',
    least,
    ...(told.most !== undefined && { most: told.most }),
    suggested,
    isWhole,
    ...(told.wholeFrom !== undefined && { wholeFrom: told.wholeFrom }),
  } as const;
  return { default: fallback, help, allowed, input, accepts };
}

/** A number of things. */
export function countOption(
  told: Told<number> & { readonly of: string; readonly least: number; readonly suggested: readonly [number, number] },
): OptionKind<number> {
  const { of, least, ...rest } = told;
  const allowed = least > 0 ? `a count of ${of} from ${least}` : `a count of ${of}`;
  return numberOption({ ...rest, least, allowed, isWhole: true });
}

/** One of several words. */
export function choiceOption<T extends string>(told: Told<T> & { readonly choices: readonly T[] }): OptionKind<T> {
  const { default: fallback, help, choices } = told;
  const accepts = (value: unknown): value is T => choices.some((choice) => choice === value);
  return { default: fallback, help, allowed: choices.join(' or '), input: { kind: 'choice', choices }, accepts };
}

/** Yes or no. */
export function flagOption({ default: fallback, help }: Told<boolean>): OptionKind<boolean> {
  const accepts = (value: unknown): value is boolean => typeof value === 'boolean';
  return { default: fallback, help, allowed: 'true or false', input: { kind: 'flag' }, accepts };
}

/** A polynomial's coefficients: numbers, one number alone, or a string of them such as `1, 0`. */
export type Coefficients = string | number | readonly number[];

/** A polynomial's coefficients, highest power first; `most` at most. @param told.named Some that go by a name. */
export function coefficientsOption(
  told: Told<readonly number[]> & { readonly most: number; readonly named?: NamedCoefficients },
): OptionKind<Coefficients> {
  const { default: fallback, help, most, named = {} } = told;
  const isGiven = (value: unknown): value is Coefficients =>
    ['string', 'number'].includes(typeof value) ||
    (Array.isArray(value) && value.every((item) => typeof item === 'number'));
  const accepts = (value: unknown): value is Coefficients => {
    if (!isGiven(value)) return false;
    const numbers = parseCoefficients(value, named);
    return numbers.length >= 1 && numbers.length <= most && numbers.every(Number.isFinite);
  };
  const numbers = `1 to ${most} numbers, such as "1, 0", highest power first`;
  const allowed = [...Object.keys(named), numbers].join(' or ');
  return { default: fallback, help, allowed, input: { kind: 'text' }, accepts };
}

/** Polynomials that go by a name. */
export type NamedCoefficients = Readonly<Record<string, readonly number[]>>;

/** The numbers of a `coefficientsOption`; NaN for what is none. */
export function parseCoefficients(value: Coefficients, named: NamedCoefficients = {}): readonly number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'string') return value;
  if (Object.hasOwn(named, value)) return named[value] as readonly number[];
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
      // A number written as a string is told from a number.
      const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
      throw new OptionError(`policyOptions.${name} is ${shown}.`, `Pass ${option.allowed}.`);
    }
  }
  const values = Object.entries(table).map(([name, option]) => [name, given[name] ?? option.default]);
  return Object.fromEntries(values) as OptionValues<T>;
}
