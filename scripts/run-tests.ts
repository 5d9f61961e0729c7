/**
 * Runs the checks one after the other, then all tests; with `--quick` the part that takes less than two minutes.
 * Ends with the line of `count-reporter.ts`, also where a check fails.
 */
import { spawnSync } from 'node:child_process';
import { dawnEnvironment } from './dawn-env.ts';
import { installConsumerTools } from './setup/consumers.mjs';
import { npm, ROOT } from './setup/system.mjs';

const PROJECTS = ['node', 'browser', 'lavapipe', 'e2e', 'timed'];

/** What a change most often breaks: one small run of every model class and pipeline, policies, and the commonest kernel. */
const QUICK_FILES = ['test/node', 'gpu/adapter', 'gpu/conformance', 'gpu/norm', 'gpu/wan-cache', 'browser/policies'];

const isQuick = process.argv.includes('--quick');
const checks = isQuick ? ['typecheck', 'lint'] : ['typecheck', 'lint', 'build:all', 'docs:check'];
const projects = isQuick ? ['node', 'browser'] : PROJECTS;

// Bundlers and frameworks for the packed package: they come while the checks run.
const installing = isQuick ? undefined : installConsumerTools();
installing?.catch(() => {}); // the test that needs them says why they did not come

const seconds: [string, number][] = [['set-up', Number(process.env.STILLFRAME_SETUP_SECONDS ?? 0)]];
for (const check of checks) {
  const start = performance.now();
  if (!run('npm', ['run', '--silent', check])) {
    console.log(`\nnpm run ${check} failed; no test was run.\n0 passed, 1 failed, 0 skipped`);
    process.exit(1);
  }
  seconds.push([check, (performance.now() - start) / 1000]);
}
await installing?.catch(() => {});
// Without its driver a project may skip all of its tests, but not in CI, where set-up installs it.
const idle = 'missing' in dawnEnvironment() && !process.env.CI ? ['lavapipe'] : [];
const words = [...projects.flatMap((name) => ['--project', name]), ...(isQuick ? QUICK_FILES : [])];
const passed = run('vitest', ['run', ...words], {
  STILLFRAME_SECONDS: JSON.stringify(seconds),
  STILLFRAME_MUST_RUN: projects.filter((name) => !idle.includes(name)).join(),
});
process.exitCode = passed ? 0 : 1;

/** Runs npm, or Vitest. @returns whether it succeeded. */
function run(name: 'npm' | 'vitest', words: readonly string[], env: NodeJS.ProcessEnv = {}): boolean {
  const vitest = {
    program: process.execPath,
    words: [`${ROOT}/node_modules/vitest/vitest.mjs`, ...words],
    shell: false,
  };
  const command = name === 'npm' ? npm([...words]) : vitest;
  const options = { cwd: ROOT, shell: command.shell, stdio: 'inherit', env: { ...process.env, ...env } } as const;
  return spawnSync(command.program, command.words, options).status === 0;
}
