import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { TestModule } from 'vitest/node';
import { ROOT } from '../../scripts/setup/system.mjs';
import TimeReporter from '../../scripts/time-reporter.ts';

const CONFIG = join(ROOT, 'test/fixtures/reporters/vitest.config.ts');

/** Runs Vitest on projects of the fixture; its exit code and the lines that it printed. */
function run(projects: readonly string[], mustRun: readonly string[]) {
  const words = ['run', '--config', CONFIG, ...projects.flatMap((name) => ['--project', name])];
  const env = { ...process.env, STILLFRAME_MUST_RUN: mustRun.join(), STILLFRAME_SECONDS: '[["types",2.5]]' };
  return new Promise<{ code: number; lines: string[] }>((resolve) => {
    execFile(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), ...words], { env }, (error, stdout) => {
      resolve({ code: Number(error?.code ?? 0), lines: stdout.trimEnd().split('\n') });
    });
  });
}

describe('the last line', { timeout: 60_000 }, () => {
  test('counts, after where the time went', async () => {
    const { code, lines } = await run(['passes'], ['passes']);
    expect(lines.at(-1)).toBe('1 passed, 0 failed, 1 skipped');
    expect(code).toBe(0);
    const table = lines.slice(lines.indexOf('Where the time went, in seconds'));
    expect(table[1]).toBe('     2.5  types');
    expect(table[2]).toMatch(/^ +\d+\.\d {2}passes: 2 tests$/);
    expect(table.some((line) => /^ +\d+\.\d {2}passes: passes\.test\.ts$/.test(line))).toBe(true);
  });

  test.each([
    ['a suite that fails by itself', ['passes', 'fails'], ['passes'], '1 passed, 1 failed, 2 skipped'],
    ['a project that skipped all', ['passes', 'skips'], ['passes', 'skips'], '1 passed, 1 failed, 2 skipped'],
    ['a project without a file', ['passes', 'none'], ['passes', 'none'], '1 passed, 1 failed, 1 skipped'],
  ])('counts as failed %s', async (_, projects, mustRun, last) => {
    const { code, lines } = await run(projects, mustRun);
    expect(lines.at(-1)).toBe(last);
    expect(code).toBe(1);
  });

  test('counts as failed, not as skipped, what a dying worker takes down', async () => {
    const { code, lines } = await run(['passes', 'dies'], ['passes']);
    const [, passed, failed, skipped] = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(lines.at(-1) ?? '') ?? [];
    expect([passed, skipped]).toEqual(['1', '1']);
    expect(Number(failed)).toBeGreaterThan(0);
    expect(code).toBe(1);
  });

  test('lets a project skip all where that was foreseen', async () => {
    const { code, lines } = await run(['passes', 'skips'], ['passes']);
    expect(lines.at(-1)).toBe('1 passed, 0 failed, 2 skipped');
    expect(code).toBe(0);
  });
});

test('a file takes what its imports, hooks and tests take, whatever Vitest says of getting ready', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  onTestFinished(() => log.mockRestore());
  const quiet = { environmentSetupDuration: 0, setupDuration: 100 };
  new TimeReporter().onTestRunEnd([
    // In a browser, all that passed since its project began.
    fakeModule('first.test.ts', { ...quiet, prepareDuration: 1000, collectDuration: 400, duration: 5000 }),
    fakeModule('last.test.ts', { ...quiet, prepareDuration: 420_000, collectDuration: 900, duration: 1000 }),
  ]);
  const lines = log.mock.calls.flatMap(([text]) => String(text));
  expect(lines.slice(-2)).toEqual(['     5.5  browser: first.test.ts', '     2.0  browser: last.test.ts']);
});

/** A file that has run, as Vitest tells of it. */
function fakeModule(relativeModuleId: string, diagnostic: object): TestModule {
  const module = { relativeModuleId, project: { name: 'browser' }, diagnostic: () => diagnostic };
  return module as unknown as TestModule;
}
