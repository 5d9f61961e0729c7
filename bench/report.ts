import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../scripts/setup/system.mjs';

/** Where a measurement was taken: without it a number says nothing. */
export interface Surroundings {
  readonly adapter: string;
  readonly browser: string;
  /** ISO 8601. */
  readonly date: string;
}

/** Writes the results of a part as `bench/results/PART-DATE.json`. @returns the path. */
export async function writeResults(part: string, surroundings: Surroundings, results: unknown): Promise<string> {
  const folder = join(ROOT, 'bench/results');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${part}-${surroundings.date.replaceAll(':', '-')}.json`);
  await writeFile(path, `${JSON.stringify({ ...surroundings, results }, null, 2)}\n`);
  return path;
}

/** Seconds as milliseconds, with three digits. */
export function milliseconds(seconds: number): string {
  const value = seconds * 1000;
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** A share, in percent. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
