import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npm, ROOT } from './system.mjs';

const SOURCE = join(ROOT, 'test/consumers');
const FILES = ['package.json', '.npmrc', 'package-lock.json'];

/** Where applications that use the packed package are built: outside of the repository, whose packages they must not find. */
export const CONSUMERS = join(
  tmpdir(),
  `stillframe-consumers-${createHash('sha256').update(ROOT).digest('hex').slice(0, 8)}`,
);

/**
 * Installs the tools of such applications, bundlers and frameworks, from the lock file in `test/consumers`.
 *
 * @returns {Promise<void>} when they are there, at once where they are already; rejects with npm's words.
 */
export async function installConsumerTools() {
  const isDone = existsSync(join(CONSUMERS, 'node_modules/next')) && FILES.every(isSame);
  if (isDone) return;
  rmSync(CONSUMERS, { recursive: true, force: true });
  mkdirSync(CONSUMERS, { recursive: true });
  for (const name of FILES) copyFileSync(join(SOURCE, name), join(CONSUMERS, name));
  await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline']);
}

/**
 * Runs npm among the consumers.
 *
 * @param {string[]} words
 * @param {string} [folder]
 * @returns {Promise<string>} what it printed.
 */
export function runNpm(words, folder = CONSUMERS) {
  const { program, words: all, shell } = npm(words);
  return new Promise((resolve, reject) => {
    const child = spawn(program, all, { cwd: folder, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let [printed, complaints] = ['', ''];
    child.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    child.stderr.on('data', (chunk) => {
      complaints += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`npm ${words.join(' ')} failed.\n${complaints}`));
    });
  });
}

/** @param {string} name */
function isSame(name) {
  const copy = join(CONSUMERS, name);
  return existsSync(copy) && readFileSync(copy, 'utf8') === readFileSync(join(SOURCE, name), 'utf8');
}
