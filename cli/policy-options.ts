import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../scripts/setup/system.mjs';
import { describePolicies } from '../src/cache/describe.ts';
import { configurePolicy } from '../src/cache/index.ts';
import type { OptionValue } from '../src/cache/options.ts';
import { OptionError } from '../src/errors.ts';
import { parseManifest } from '../src/weights/manifest.ts';
import { parsePythonJson } from '../src/weights/python-json.ts';
import { CommandError, UsageError } from './errors.ts';
import { userPath } from './options.ts';

/** What the command line says of a policy. */
export interface PolicyChoice {
  readonly policy?: string;
  readonly policyOptions: Readonly<Record<string, OptionValue>>;
  /** Whether to run without a policy, too. */
  readonly compare: boolean;
}

/** Lines of help: each policy, and its options with their defaults. */
export const POLICY_HELP = describePolicies()
  .map(({ name, summary, options }) => {
    const lines = options.map((option) => `    ${`${option.name}=${option.default}`.padEnd(21)} ${option.help}`);
    return [`  ${name.padEnd(13)}${summary}`, ...lines].join('\n');
  })
  .join('\n');

/** Lines of help: the presets of each model of the manifest, and which is taken where nothing is set. */
export const PRESET_HELP = parseManifest(JSON.parse(readFileSync(join(ROOT, 'weights-manifest.json'), 'utf8')))
  .models.flatMap(({ id, presets }) =>
    Object.entries(presets).flatMap(([policy, named]) =>
      Object.entries(named).map(([preset, options]) => {
        const settings = Object.entries(options).map(([key, value]) => `${key}=${value}`);
        return `  ${`${id}: ${policy} ${preset}`.padEnd(32)}${settings.join(' ')}`;
      }),
    ),
  )
  .join('\n');

/**
 * Reads `--policy`, `--set` and `--compare`.
 *
 * @throws {UsageError} for a policy that is not built, and for options that it does not take.
 */
export function parsePolicy(values: { policy?: string; set?: string[]; compare?: boolean }): PolicyChoice {
  const { policy, set = [], compare = false } = values;
  const policyOptions = Object.fromEntries(set.map(parseSetting));
  try {
    // A preset is the model's; the library looks it up.
    const { preset: _, ...own } = policyOptions;
    configurePolicy(policy ?? 'none', own);
  } catch (error) {
    if (error instanceof OptionError) throw new UsageError(error.message);
    throw error;
  }
  if (compare && (policy ?? 'none') === 'none') {
    throw new UsageError('--compare compares a policy with none; choose a --policy.');
  }
  return { policyOptions, compare, ...(policy === undefined ? {} : { policy }) };
}

/**
 * Reads the artifact where its option names a file on this machine, also one in the model's folder; another address is
 * left to the page.
 *
 * @throws {CommandError} when the file is no JSON.
 */
export async function readArtifact(
  options: PolicyChoice['policyOptions'],
  folder?: string,
): Promise<PolicyChoice['policyOptions']> {
  const { artifact } = options;
  if (typeof artifact !== 'string' || artifact === '') return options;
  for (const path of [userPath(artifact), ...(folder === undefined ? [] : [join(folder, artifact)])]) {
    const json = await readFile(path, 'utf8').catch(() => undefined);
    if (json === undefined) continue;
    try {
      return { ...options, artifact: parsePythonJson(json) as Readonly<Record<string, unknown>> };
    } catch {
      throw new CommandError(`${path} is no JSON.`);
    }
  }
  return options;
}

/** The options with an artifact that was made for a folder said to be for the URL by which the page knows the folder. */
export function forPage(options: PolicyChoice['policyOptions'], folder: string, url: string): typeof options {
  const { artifact } = options;
  if (typeof artifact !== 'object' || !('model' in artifact) || artifact.model !== folderId(folder)) return options;
  return { ...options, artifact: { ...artifact, model: url } };
}

/** What an artifact calls a model that is a folder on this machine. */
export function folderId(folder: string): string {
  return join(folder, '/');
}

function parseSetting(pair: string): [string, OptionValue] {
  const [, key, text] = /^([^=]+)=(.*)$/.exec(pair) ?? [];
  if (key === undefined || text === undefined) throw new UsageError(`--set is '${pair}'; it takes KEY=VALUE.`);
  if (text === 'true' || text === 'false') return [key, text === 'true'];
  const value = Number(text);
  return [key, text.trim() === '' || Number.isNaN(value) ? text : value];
}
