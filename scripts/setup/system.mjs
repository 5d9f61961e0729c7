import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** Set-up that only the user can finish; the message says how. */
export class SetupError extends Error {}

/**
 * @param {string} path
 * @returns whether a file is there and may be executed.
 */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} name
 * @returns the full path of a program, or undefined.
 */
export function which(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/**
 * How npm is started: the copy that runs this script, where one does, needs no shell on any system.
 *
 * @param {string[]} words
 * @returns {{ program: string, words: string[], shell: boolean }}
 */
export function npm(words) {
  const script = process.env.npm_execpath;
  if (script) return { program: process.execPath, words: [script, ...words], shell: false };
  return { program: 'npm', words, shell: process.platform === 'win32' };
}

/**
 * Installs packages with apt-get where that needs no password.
 *
 * @param {string[]} packages
 * @returns whether it did.
 */
export function aptInstall(packages) {
  const prefix = aptPrefix();
  if (!prefix) return false;
  console.error(`Installing ${packages.join(' ')} with apt-get ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const steps = [['update'], ['install', '-y', '--no-install-recommends', ...packages]];
  return steps.every((words) => {
    const [program = '', ...rest] = [...prefix, 'apt-get', '-qq', ...words];
    return spawnSync(program, rest, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  });
}

/** The words before apt-get; undefined where there is no apt-get or it would ask for a password. */
function aptPrefix() {
  if (!which('apt-get')) return undefined;
  if (process.getuid?.() === 0) return [];
  const silently = which('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  return silently ? ['sudo', '-n'] : undefined;
}
