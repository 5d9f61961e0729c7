import { resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './errors.ts';

type Config = Required<Pick<ParseArgsConfig, 'options'>>['options'];

/** The values of a command's options by name, as typed. */
type Values<T extends Config> = ReturnType<typeof parseArgs<{ options: T; strict: true }>>['values'];

/**
 * Parses a command's arguments.
 *
 * @param options As `parseArgs` of `node:util` takes them; `help` is added.
 * @param positionals Whether words without `--` are allowed.
 * @throws {UsageError} for unknown options, missing values and words too many.
 */
export function parseOptions<T extends Config>(
  args: readonly string[],
  options: T,
  positionals = false,
): { values: Values<T>; positionals: string[]; help: boolean } {
  try {
    const config = { ...options, help: { type: 'boolean', short: 'h' } } as const;
    const parsed = parseArgs({ args: [...args], options: config, strict: true, allowPositionals: positionals });
    const values = parsed.values as Values<T> & { help?: boolean };
    return { values, positionals: parsed.positionals, help: values.help === true };
  } catch (error) {
    // Node's first sentence says what is wrong; the rest is about its own syntax.
    if (error instanceof TypeError) throw new UsageError(`${error.message.split('. ')[0]?.replace(/\.$/, '')}.`);
    throw error;
  }
}

/** Bounds of a number on the command line, both included. */
export interface Bounds {
  readonly least?: number;
  readonly most?: number;
  readonly whole?: boolean;
}

/**
 * The number an option was given; undefined where it was left out.
 *
 * @throws {UsageError} for what is no number, no whole one where one is asked for, or out of bounds.
 */
export function numberOption(name: string, text: string | undefined, bounds: Bounds = {}): number | undefined {
  if (text === undefined) return undefined;
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, whole = false } = bounds;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value) && value >= least && value <= most && (!whole || Number.isSafeInteger(value)))
    return value;
  const from = Number.isFinite(least) ? ` from ${least}` : '';
  const to = Number.isFinite(most) ? ` to ${most}` : from && ' on';
  throw new UsageError(`--${name} is '${text}'; it takes a ${whole ? 'whole ' : ''}number${from}${to}.`);
}

/** The word an option was given, one of `choices`. @throws {UsageError} listing them. */
export function choiceOption<T extends string>(
  name: string,
  text: string | undefined,
  choices: readonly T[],
): T | undefined {
  if (text === undefined) return undefined;
  const found = choices.find((choice) => choice === text);
  if (found) return found;
  throw new UsageError(`--${name} is '${text}'; it takes ${choices.join(' or ')}.`);
}

/** A path of the command line: npm changes to the package's folder, and notes where the user was. */
export function userPath(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}
