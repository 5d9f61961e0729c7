import { WeightsError } from '../errors.ts';
import { HeaderObject, type HeaderValue } from './header-json.ts';

/** A stranger's value in a message: cut, for it may be long, and not printed where it is more than a list of numbers. */
export function shown(value: HeaderValue | undefined): string {
  const isNested = Array.isArray(value)
    ? value.some((item) => typeof item === 'object')
    : value instanceof HeaderObject;
  const text = isNested ? 'of nested values' : Array.isArray(value) ? `[${value}]` : plain(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function plain(value: HeaderValue | undefined): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** The error for a header that breaks a rule. @param problem What follows the file's name. */
export function broken(file: string, problem: string, cause?: unknown): WeightsError {
  const remedy = 'The file is damaged or not safetensors: download or export it again.';
  return new WeightsError(`${file} ${problem}.`, remedy, { cause });
}
