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

/** Reads fields of a model's config, naming the class, the field and what was found when one does not fit. */
export class ConfigReader {
  constructor(
    private readonly json: ConfigJson,
    private readonly className: string,
  ) {}

  /** A positive integer. */
  size(name: string, fallback?: number): number {
    const value = this.json[name] ?? fallback;
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
    throw this.unsupported(name, 'a positive integer');
  }

  /** Any number. */
  number(name: string, fallback?: number): number {
    const value = this.json[name] ?? fallback;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw this.unsupported(name, 'a number');
  }

  /** A boolean. */
  flag(name: string, fallback: boolean): boolean {
    const value = this.json[name] ?? fallback;
    if (typeof value === 'boolean') return value;
    throw this.unsupported(name, 'true or false');
  }

  /** An array of numbers, of the given length if one is given. */
  numbers(name: string, length?: number): number[] {
    const value = this.json[name];
    const isList = Array.isArray(value) && value.every((item) => typeof item === 'number');
    if (isList && (length === undefined || value.length === length)) return value;
    throw this.unsupported(name, length === undefined ? 'a list of numbers' : `a list of ${length} numbers`);
  }

  /** An array of booleans. */
  flags(name: string): boolean[] {
    const value = this.json[name];
    if (Array.isArray(value) && value.every((item) => typeof item === 'boolean')) return value;
    throw this.unsupported(name, 'a list of true and false');
  }

  /** Requires a field to be absent or one of these values: the others select code that is not built. */
  only(name: string, ...allowed: readonly unknown[]): void {
    const value = this.json[name];
    if (value === undefined || allowed.some((one) => JSON.stringify(one) === JSON.stringify(value))) return;
    throw this.unsupported(name, allowed.map((one) => JSON.stringify(one)).join(' or '));
  }

  /** The error for a field that does not fit. */
  unsupported(name: string, wanted: string): UnsupportedModelError {
    return new UnsupportedModelError(
      `${this.className}: ${name} is ${JSON.stringify(this.json[name])} in config.json; supported: ${wanted}.`,
      'Use a checkpoint of the published classes listed in the README.',
    );
  }
}
