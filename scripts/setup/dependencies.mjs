import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { npm, ROOT, SetupError } from './system.mjs';

/** Compares Node's version with package.json's `engines`. */
export function checkNode() {
  const wanted = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')).engines.node.replace('>=', '');
  if (process.versions.node.localeCompare(wanted, 'en', { numeric: true }) >= 0) return;
  throw new SetupError(
    `Stillframe needs Node ${wanted} or newer; this is ${process.versions.node}. Newer ones are at https://nodejs.org.`,
  );
}

/** Runs `npm ci` unless the last installation is newer than the lock file. */
export function installDependencies() {
  if (modified('node_modules/.package-lock.json') >= modified('package-lock.json')) return;
  console.error('Installing dependencies (npm ci) ...');
  const { program, words, shell } = npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  const { status } = spawnSync(program, words, { cwd: ROOT, shell, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new SetupError('`npm ci` failed; its message is above.');
}

/**
 * @param {string} path
 * @returns the time of a file's last change, -1 where there is none.
 */
function modified(path) {
  return statSync(`${ROOT}/${path}`, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}
