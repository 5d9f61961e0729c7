import { cp, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from './support/run-cli.ts';

const WAN = 'test/fixtures/wan-transformer';
const CACHING = 'test/fixtures/shapes-bwcache-forms';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stillframe-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('passes recorded runs, a row for each tensor', async () => {
  const file = join(folder, 'results.json');
  const { code, stdout } = await runCli(
    'conformance',
    WAN,
    'test/fixtures/umt5',
    '--json',
    file,
    '--tolerance',
    '1e-4',
  );
  expect(stdout).toContain('2 of 2 folders pass');
  expect(code).toBe(0);
  const results = JSON.parse(await readFile(file, 'utf8'));
  expect(results).toMatchObject([
    { folder: WAN, className: 'WanTransformer3DModel', tolerance: 1e-4, pass: true },
    { folder: 'test/fixtures/umt5', className: 'UMT5EncoderModel', pass: true },
  ]);
  const [{ rows, worst, adapter }] = results;
  expect(rows.map(({ name }: { name: string }) => name)).toEqual(['block.0', 'block.1', 'block.2', 'out']);
  expect(worst).toBe(Math.max(...rows.map(({ relativeL2 }: { relativeL2: number }) => relativeL2)));
  expect(stdout).toContain(`Adapter: ${adapter}`);
});

test('fails a recording that differs, and what cannot be run; the rest still runs', async () => {
  const [corrupt, caching] = [join(folder, 'corrupt'), join(folder, 'caching')];
  await cp(WAN, corrupt, { recursive: true });
  // The end of the data: a few values of the last tensor.
  await spoil(join(corrupt, 'golden.safetensors'), 64);
  await cp(WAN, caching, { recursive: true });
  await rm(join(caching, 'golden.safetensors'));
  await writeFile(join(caching, 'case-0.safetensors'), '');

  const results = join(folder, 'failures.json');
  const { code, stdout } = await runCli('conformance', corrupt, 'no/such/folder', caching, WAN, '--json', results);
  expect(code).toBe(1);
  expect(stdout).toContain('above the tolerance');
  expect(stdout).toMatch(/no\/such\/folder is no folder/);
  expect(stdout).toMatch(/WeightsError: case-0\.safetensors is 0 bytes long/);
  expect(stdout).toContain('1 of 4 folders pass');
  const passes = JSON.parse(await readFile(results, 'utf8')).map(({ pass }: { pass: boolean }) => pass);
  expect(passes).toEqual([false, false, false, true]);
});

test('repeats recorded caching, and fails latents that differ', async () => {
  const spoilt = join(folder, 'latents');
  await cp(CACHING, spoilt, { recursive: true });
  // In latents.feature.inf, which 1408 bytes follow.
  await spoil(join(spoilt, 'case-0.safetensors'), 1472);
  const { code, stdout } = await runCli('conformance', CACHING, spoilt);
  expect(stdout).toMatch(/feature\.inf +equal +\S+ *\n/);
  expect(stdout).toMatch(/feature\.inf +equal +\S+ +FAIL\n/);
  expect(stdout).toContain('1 of 2 folders pass');
  expect(code).toBe(1);
});

/** Overwrites 64 bytes. @param fromEnd Where they begin, counted from the end. */
async function spoil(path: string, fromEnd: number): Promise<void> {
  await using file = await open(path, 'r+');
  const { size } = await file.stat();
  await file.write(new Uint8Array(64).fill(0x41), 0, 64, size - fromEnd);
}

test('without folders, or with a tolerance that is no number, it says how it is used', async () => {
  const none = await runCli('conformance');
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('Name one or more folders.') });
  const wrong = await runCli('conformance', WAN, '--tolerance', 'small');
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("--tolerance is 'small'") });
});
