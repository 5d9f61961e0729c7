import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../scripts/setup/system.mjs';
import { runCli } from './support/run-cli.ts';

const PROMPT = ['--prompt', 'a red circle', '--frames', '5', '--width', '64', '--height', '64'];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stillframe-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['before the browser has started', /^/, 'SIGINT', 130],
  ['while it denoises', /denoise: /, 'SIGINT', 130],
  ['while it denoises', /denoise: /, 'SIGTERM', 143],
] as const)('an interruption %s ends quietly, and leaves nothing', async (_, when, signal, code) => {
  const words = [
    '--import',
    'tsx',
    'cli/main.ts',
    'generate',
    ...PROMPT,
    '--steps',
    '500',
    '--out',
    join(folder, 'a/b'),
  ];
  const child = spawn(process.execPath, words, { cwd: ROOT });
  let printed = '';
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await new Promise<void>((resolve) => {
    const watch = (chunk: Buffer) => {
      printed += chunk;
      if (when.test(printed)) resolve();
    };
    child.stderr.on('data', watch);
    child.stdout.on('data', watch);
    // With nothing to wait for: once its folder is there, the run has begun.
    const timer = setInterval(async () => {
      const isThere = await readdir(join(folder, 'a')).catch(() => undefined);
      if (isThere && when.source === '^') resolve();
    }, 50);
    ended.then(() => clearInterval(timer));
  });
  child.kill(signal);
  expect(await ended).toBe(code);
  const said = printed.split('\n').filter((line) => line && !/^(Adapter|download|compile|text|denoise)/.test(line));
  expect(said).toEqual(['Interrupted.']);
  expect(await readdir(folder)).toEqual([]);
});

test('a run that fails leaves no folder', async () => {
  const out = join(folder, 'c/d');
  const { code, stderr } = await runCli('generate', ...PROMPT, '--out', out, '--frames', '6');
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^OptionError/m) });
  expect(await readdir(folder)).toEqual([]);
});

test.skipIf(process.platform !== 'linux')('an output that cannot be made fails at once', async () => {
  const start = performance.now();
  for (const words of [
    ['generate', ...PROMPT, '--out', '/proc/x'],
    ['calibrate', '--out', '/proc/x/y.json'],
    ['conformance', 'test/fixtures/umt5', '--json', '/proc/x/y.json'],
  ]) {
    const { code, stderr } = await runCli(...words);
    expect(stderr).toMatch(/^\/proc\/x cannot be written: ENOENT/);
    expect(code).toBe(1);
  }
  expect(performance.now() - start).toBeLessThan(60_000);
});
