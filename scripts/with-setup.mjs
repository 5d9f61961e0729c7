/**
 * Runs a command after all its set-up: `node scripts/with-setup.mjs [--browser] [--gpu-node] COMMAND ARGUMENTS...`
 *
 * COMMAND is a TypeScript file, a program of node_modules/.bin, or `npm run SCRIPT`. Needs nothing but Node, so that a
 * fresh clone can start with it; takes a few milliseconds when nothing is to do.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { findOrInstallBrowser } from './setup/browser.mjs';
import { checkNode, installDependencies } from './setup/dependencies.mjs';
import { prepareLavapipe } from './setup/gpu-node.mjs';
import { npm, ROOT, SetupError } from './setup/system.mjs';

const command = process.argv.slice(2);
const flags = new Set();
while (command[0]?.startsWith('--')) flags.add(command.shift());
const [name = '', ...rest] = command;

const start = performance.now();
try {
  checkNode();
  installDependencies();
  if (flags.has('--browser')) process.env.CHROME_PATH = findOrInstallBrowser();
  if (flags.has('--gpu-node')) prepareLavapipe();
  process.env.STILLFRAME_SETUP_SECONDS = String((performance.now() - start) / 1000);
  run();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}

/** Starts the command and passes on what a parent can: arguments, terminal, signals and exit code. */
function run() {
  const { program, words, shell } = resolve();
  const child = spawn(program, words, { cwd: ROOT, stdio: 'inherit', shell });
  // A terminal sends Ctrl-C to the child too; it decides when to end.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  child.on('error', (error) => {
    console.error(`Cannot run ${name}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 128 + constants.signals[signal] : (code ?? 1);
  });
}

function resolve() {
  if (name.endsWith('.ts')) {
    return { program: process.execPath, words: ['--import', 'tsx', name, ...rest], shell: false };
  }
  if (name === 'npm') {
    const [verb = '', script = '', ...scriptArguments] = rest;
    return npm([verb, script, '--', ...scriptArguments]);
  }
  // Windows has .cmd files there, which only a shell runs.
  return { program: `${ROOT}/node_modules/.bin/${name}`, words: rest, shell: process.platform === 'win32' };
}
