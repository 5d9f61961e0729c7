import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../scripts/setup/system.mjs';
import type { Report } from '../../src/report.ts';
import { play } from './support/play.ts';
import { runCli } from './support/run-cli.ts';

const PROMPT = 'a red circle moving left on a sky background';
const SMALL = ['--steps', '2', '--width', '64', '--height', '32', '--frames', '5'];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stillframe-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function frames(out: string): Promise<Buffer[]> {
  const names = (await readdir(join(out, 'frames'))).sort();
  return Promise.all(names.map((name) => readFile(join(out, 'frames', name))));
}

describe('generate', () => {
  test('writes clip, frames and report; the same again for the same seed', async () => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    const { code, stdout, stderr } = await runCli(
      'generate',
      '--prompt',
      PROMPT,
      '--out',
      first,
      '--seed',
      '7',
      ...SMALL,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('denoise: ') });
    expect(stdout).toMatch(/^Adapter: \S+/);
    expect(stdout).toMatch(/^Loading: [\d.]+ s.*\n.*: all of 2 steps computed/m);

    const report = JSON.parse(await readFile(join(first, 'report.json'), 'utf8')) as Report;
    expect(report).toMatchObject({
      model: 'shapes',
      prompt: PROMPT,
      seed: 7,
      steps: 2,
      width: 64,
      height: 32,
      frames: 5,
      policy: { name: 'none', options: {} },
      schedule: { cond: '11', uncond: '11' },
      scores: [],
      blocks: { computed: 48, reused: 0 },
    });
    expect(stdout).toContain(report.adapter);
    for (const phase of ['load', 'compile', 'text', 'denoise', 'decode'] as const) {
      expect(report.seconds[phase], phase).toBeGreaterThan(0);
    }

    expect((await readdir(join(first, 'frames'))).sort()).toEqual(
      ['000', '001', '002', '003', '004'].map((n) => `${n}.png`),
    );
    for (const bytes of await frames(first)) expect(PNG.sync.read(bytes)).toMatchObject({ width: 64, height: 32 });
    const clip = (await readdir(first)).filter((name) => name.startsWith('clip.'));
    expect(clip).toEqual([expect.stringMatching(/^clip\.(mp4|webm)$/)]);
    const file = clip[0] as string;
    const played = await play(await readFile(join(first, file)), file.endsWith('.mp4') ? 'video/mp4' : 'video/webm');
    expect(played).toMatchObject({ width: 64, height: 32 });
    expect(played.duration).toBeCloseTo(5 / 8, 1);

    // An earlier and longer clip leaves nothing behind.
    await cp(first, second, { recursive: true });
    await cp(join(first, 'frames/000.png'), join(second, 'frames/005.png'));
    expect((await runCli('generate', '--prompt', PROMPT, '--out', second, '--seed', '7', ...SMALL)).code).toBe(0);
    expect(await frames(second)).toEqual(await frames(first));
  });

  test('runs a folder, and says so in the report', async () => {
    const out = join(folder, 'from-folder');
    const words = [
      '--model',
      join(ROOT, 'models/shapes'),
      '--fps',
      '12.5',
      '--sampler',
      'unipc',
      '--guidance',
      '1',
      '--negative',
      'blue',
    ];
    const { code, stderr } = await runCli('generate', '--prompt', PROMPT, '--out', out, ...SMALL, ...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    const report = JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as Report;
    expect(report).toMatchObject({ model: words[1], sampler: 'unipc', fps: 12.5, schedule: { cond: '11' } });
    expect(report.schedule.uncond).toBeUndefined();
    const [file = ''] = (await readdir(out)).filter((name) => name.startsWith('clip.'));
    const { duration } = await play(
      await readFile(join(out, file)),
      file.endsWith('.mp4') ? 'video/mp4' : 'video/webm',
    );
    expect(duration).toBeCloseTo(5 / 12.5, 1);
  });

  test('names truncated weights', async () => {
    const model = join(folder, 'truncated');
    await cp(join(ROOT, 'models/shapes'), model, { recursive: true });
    await truncate(join(model, 'transformer/diffusion_pytorch_model.safetensors'), 1_000_000);
    // What an earlier run made stays until there is something to put in its place.
    const out = join(folder, 'earlier');
    await mkdir(out);
    await writeFile(join(out, 'report.json'), '{}');
    const { code, stderr } = await runCli('generate', '--prompt', PROMPT, '--out', out, '--model', model);
    expect(code).toBe(1);
    expect(await readFile(join(out, 'report.json'), 'utf8')).toBe('{}');
    expect(stderr).toMatch(/^WeightsError: .*transformer\/diffusion_pytorch_model\.safetensors/m);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});

describe('generate, wrong from the start', () => {
  const complete = ['--prompt', PROMPT, '--out', join(tmpdir(), 'stillframe-never-written')];
  test.each<[string, string[], RegExp]>([
    ['no prompt', ['--out', 'x'], /--prompt TEXT is missing/],
    ['no folder', ['--prompt', 'x'], /--out DIR is missing/],
    ['an unknown option', [...complete, '--colour', 'red'], /Unknown option '--colour'/],
    ['no number', [...complete, '--seed', 'seven'], /--seed is 'seven'; it takes a whole number from 0 on/],
    ['no steps', [...complete, '--steps', '0'], /--steps is '0'; it takes a whole number from 1 on/],
    ['a guidance that is no number', [...complete, '--guidance', 'NaN'], /--guidance is 'NaN'/],
    ['an unknown policy', [...complete, '--policy', 'magic'], /no policy magic. Use one of: none, bwcache/],
    ['nothing to compare with', [...complete, '--compare'], /--compare compares a policy with none/],
    ['a setting without a policy', [...complete, '--set', 'threshold=1'], /policy none has no option threshold/],
  ])('%s', async (_, args, message) => {
    const { code, stderr } = await runCli('generate', ...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(code).toBe(2);
  });

  test('an unknown model', async () => {
    const { code, stderr } = await runCli('generate', ...complete, '--model', 'no-such-model');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('There is no model no-such-model') });
  });

  test.each([
    ['a width that does not divide', ['--width', '100']],
    ['frames that are not 4k + 1', ['--frames', '6']],
  ])('%s', async (_, args) => {
    const { code, stderr } = await runCli('generate', ...complete, ...args);
    expect(stderr).toMatch(/^OptionError: .*(100|6)/m);
    expect(code).toBe(1);
  });
});

test('--help lists every option', async () => {
  const { code, stdout } = await runCli('generate', '--help');
  expect(code).toBe(0);
  for (const option of [
    'prompt',
    'out',
    'model',
    'negative',
    'seed',
    'steps',
    'guidance',
    'sampler',
    'policy',
    'set',
  ]) {
    expect(stdout).toContain(`--${option}`);
  }
});
