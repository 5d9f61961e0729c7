import { UnsupportedModelError, WeightsError } from '../errors.ts';
import { readJson, type WeightSource } from '../weights/source.ts';

/** A parsed `config.json`. */
export type ConfigJson = Readonly<Record<string, unknown>>;

/** Reads a config's file. @throws {SourceError}, and {WeightsError} when it holds no JSON object. */
export async function readConfig(source: WeightSource, path: string, signal?: AbortSignal): Promise<ConfigJson> {
  const json = await readJson(source, path, signal);
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as ConfigJson;
  throw new WeightsError(`${source.label}: ${path} holds no object.`, 'Download or export the file again.');
}

/** What a {@link ConfigReader} says of the file that it reads. */
export interface ConfigNotes {
  /** Its name; `config.json` by default. */
  readonly file?: string;
  /** The way out when a key asks for what is not built. */
  readonly remedy?: string;
}

/**
 * Reads the keys of one class from its configuration; other keys in the file have no effect. An absent key, or null, is
 * `absent`: the default of that class in diffusers or transformers. What does not fit is named: class, key and value.
 */
export class ConfigReader {
  readonly #file: string;
  readonly #remedy: string;

  constructor(
    private readonly json: ConfigJson,
    private readonly className: string,
    {
      file = 'config.json',
      remedy = 'Use a checkpoint of the published classes listed in the README.',
    }: ConfigNotes = {},
  ) {
    this.#file = file;
    this.#remedy = remedy;
  }

  /** A positive integer. */
  size(name: string, absent: number): number {
    const value = this.json[name] ?? absent;
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
    throw this.unsupported(name, 'a positive integer', absent);
  }

  /** A finite number. */
  number<T extends number | undefined>(name: string, absent: T): number | T {
    const value = this.json[name] ?? absent;
    if (value === absent || isFiniteNumber(value)) return value as number | T;
    throw this.unsupported(name, 'a number', absent);
  }

  /** A boolean. */
  flag(name: string, absent: boolean): boolean {
    const value = this.json[name] ?? absent;
    if (typeof value === 'boolean') return value;
    throw this.unsupported(name, 'true or false', absent);
  }

  /** An array of numbers, of the given length if one is given. */
  numbers(name: string, absent: readonly number[], length?: number): readonly number[] {
    const value = this.json[name] ?? absent;
    const isList = Array.isArray(value) && value.every(isFiniteNumber);
    if (isList && (length === undefined || value.length === length)) return value;
    throw this.unsupported(name, length === undefined ? 'a list of numbers' : `a list of ${length} numbers`, absent);
  }

  /** An array of booleans. */
  flags(name: string, absent: readonly boolean[]): readonly boolean[] {
    const value = this.json[name] ?? absent;
    if (Array.isArray(value) && value.every((item) => typeof item === 'boolean')) return value;
    throw this.unsupported(name, 'a list of true and false', absent);
  }

  /**
   * One of these values: the others select code that is not built.
   *
   * @param allowed Null among them is a value of its own. @param absent By default the first allowed.
   */
  only<const T>(name: string, allowed: readonly T[], absent: unknown = allowed[0]): T {
    const value = this.json[name] === undefined ? absent : this.json[name];
    const found = allowed.find((one) => isSame(one, value));
    if (found !== undefined) return found;
    throw this.unsupported(name, allowed.map(shown).join(' or '), absent);
  }

  /** The error for a field that does not fit. @param absent What its absence means, where it may be that. */
  unsupported(name: string, wanted: string, absent?: unknown): UnsupportedModelError {
    const value = this.json[name];
    const found =
      value === undefined && absent !== undefined
        ? `is not in ${this.#file}, which means ${shown(absent)}`
        : `is ${shown(value)} in ${this.#file}`;
    return new UnsupportedModelError(`${this.className}: ${name} ${found}; supported: ${wanted}.`, this.#remedy);
  }
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Whether two values of JSON without objects are alike; NaN, which Python writes, is like nothing. */
function isSame(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((item, i) => isSame(item, b[i]));
}

/** As Python would write it: JSON has no NaN and no infinity. */
function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : String(JSON.stringify(value));
}
