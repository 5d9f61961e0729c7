import { cp, mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../scripts/setup/system.mjs';
import type { Report } from '../../src/index.ts';
import { DemoSite, download, holdWeights, waitForStatus } from '../support/demo.ts';
import { drop } from './support/drop.ts';

let site: DemoSite;
/** Where only what is dropped is looked at. */
let bare: DemoSite;
let disk: string;

beforeAll(async () => {
  disk = await mkdtemp(join(tmpdir(), 'stillframe-models-'));
  site = await DemoSite.start();
  bare = await DemoSite.start({ hold: holdWeights });
});

afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  await bare?.[Symbol.asyncDispose]();
  await rm(disk, { recursive: true, force: true });
});

/** A folder with a model on the user's disk. */
async function modelFolder(name: string, spoil: (folder: string) => Promise<unknown> = async () => {}) {
  const folder = join(disk, name);
  await cp(join(ROOT, 'models/shapes'), folder, { recursive: true });
  await spoil(folder);
  return folder;
}

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(disk, name), text);
  return join(disk, name);
}

const loadedModel = (page: Page) => page.locator('.model-card.chosen').innerText();
const card = (page: Page) => page.getByRole('article', { name: 'my-model' });

test('a folder that is dropped is looked at, then taken, and makes a clip', async () => {
  const { page, complaints } = await site.open('seed=3&set.threshold=0.1');
  await waitForStatus(page, 'Ready.');
  const before = await loadedModel(page);
  expect(before).toMatch(/^shapes\s+in use\s+fits this GPU[\s\S]* M parameters; .* MB to download once, MIT licence/);

  await drop(page, await modelFolder('my-model'));
  await card(page).waitFor();
  const about = await card(page).innerText();
  expect(about).toMatch(/WanPipeline/);
  expect(about).toMatch(/text encoder\s+UMT5EncoderModel/);
  expect(about).toMatch(/transformer\s+WanTransformer3DModel\s+7\.53 M parameters\s+\d+\.\d MB on the GPU/);
  expect(about).toMatch(/Every buffer fits: the largest, .*, takes .*B, and this GPU allows .*B for one\./);
  expect(about).toMatch(/81 frames of 832 × 480 takes .*B in all/);
  expect(await loadedModel(page)).toBe(before);

  await page.getByRole('button', { name: 'Use this model' }).click();
  await page
    .locator('.model-card.chosen')
    .filter({ hasText: /my-model.*in use.* parameters/ })
    .waitFor();
  // What was tuned was tuned for the model before; a folder's defaults are its class's.
  expect(await page.getByLabel('Steps', { exact: true }).inputValue()).toBe('50');
  await page.locator('summary', { hasText: 'Clip size' }).click();
  for (const [label, value, now] of [
    ['Frames', '81', '5'],
    ['Width', '832', '64'],
    ['Height', '480', '64'],
  ] as const) {
    expect(await page.getByLabel(label, { exact: true }).inputValue()).toBe(value);
    await page.getByLabel(label, { exact: true }).fill(now);
  }
  await page.getByLabel('Steps', { exact: true }).fill('2');
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await waitForStatus(page, 'Done.');
  const { bytes } = await download(page, 'Save report');
  const report = JSON.parse(bytes.toString()) as Report;
  expect(report).toMatchObject({ model: 'my-model', seed: 3, steps: 2, frames: 5, width: 64, height: 64 });
  expect(report.policy.options).not.toMatchObject({ threshold: 0.1 });

  await page.getByRole('button', { name: 'Use shapes' }).click();
  await page
    .locator('.model-card.chosen')
    .filter({ hasText: /shapes.*in use.* parameters/ })
    .waitFor();
  expect(await page.getByLabel('Steps', { exact: true }).inputValue()).toBe('30');
  expect(complaints).toEqual([]);
});

test.each([
  ['by a handle', () => Object.assign(DataTransferItem.prototype, { webkitGetAsEntry: () => null })],
  [
    'file by file, where a browser has no handles',
    () => Reflect.deleteProperty(DataTransferItem.prototype, 'getAsFileSystemHandle'),
  ],
])('a dropped folder is read %s', async (_, remove) => {
  const context = await bare.context();
  await context.addInitScript(remove);
  const { page, complaints } = await bare.open('', context);
  await drop(page, join(ROOT, 'models/shapes'));
  await page.getByRole('article', { name: 'shapes' }).waitFor();
  await page.getByRole('button', { name: 'Not now' }).click();
  expect(await page.getByRole('article').count()).toBe(0);
  expect(complaints).toEqual([]);
});

test('a folder can be chosen instead, again after it was mended', async () => {
  const { page, complaints } = await bare.open();
  const folder = await modelFolder('chosen', (path) => rm(join(path, 'vae/config.json')));
  const input = page.getByLabel('Choose a folder');
  await input.setInputFiles(folder);
  await page.getByRole('alert').filter({ hasText: 'chosen holds no file vae/config.json.' }).waitFor();
  await cp(join(ROOT, 'models/shapes/vae/config.json'), join(folder, 'vae/config.json'));
  await input.setInputFiles(folder);
  await page.getByRole('article', { name: 'chosen' }).waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(complaints).toEqual([]);
});

const weights = 'transformer/diffusion_pytorch_model.safetensors';

const BROKEN: readonly (readonly [what: string, path: () => Promise<string>, message: RegExp])[] = [
  [
    'a folder without model_index.json',
    () => modelFolder('no-index', (path) => rm(join(path, 'model_index.json'))),
    /no-index holds no file model_index\.json\. Give the folder that has model_index\.json at its top/,
  ],
  [
    'a folder without weights',
    () => modelFolder('no-weights', (path) => rm(join(path, weights))),
    /no-weights: transformer holds none of diffusion_pytorch_model\.safetensors/,
  ],
  [
    'a folder whose weights were cut off',
    () => modelFolder('cut-off', (path) => truncate(join(path, weights), 1_000_000)),
    /transformer\/diffusion_pytorch_model\.safetensors/,
  ],
  [
    'a folder whose weights are something else',
    () => modelFolder('overwritten', (path) => overwrite(join(path, weights))),
    /transformer\/diffusion_pytorch_model\.safetensors/,
  ],
  [
    'another pipeline',
    () => modelFolder('other-class', (path) => rename(join(path, 'model_index.json'))),
    /other-class is a "CogVideoXPipeline", which is not built\. Use a folder of a WanPipeline/,
  ],
  [
    'a picture',
    () => file('photo.jpg', '\xff\xd8\xff'),
    /photo\.jpg holds no file model_index\.json\. Give the folder/,
  ],
  [
    'weights without their folder',
    async () => join(ROOT, 'models/shapes', weights),
    /model\.safetensors holds no file/,
  ],
];

test('what cannot be used is refused by name, and the loaded model goes on', async () => {
  const { page, complaints } = await site.open('steps=1&frames=1');
  await waitForStatus(page, 'Ready.');
  const before = await loadedModel(page);
  const alert = page.getByRole('alert');
  for (const [what, path, message] of BROKEN) {
    await page.evaluate(() => scrollTo(0, 0));
    await drop(page, await path());
    await alert.filter({ hasText: message }).waitFor();
    const { bottom, height } = await alert.evaluate((box) => ({
      bottom: box.getBoundingClientRect().bottom,
      height: innerHeight,
    }));
    expect(bottom, `${what} is said where it is seen`).toBeLessThanOrEqual(height + 1);
    expect(await alert.innerText(), what).toMatch('The model that was loaded goes on.');
    expect(await page.getByRole('article').count(), what).toBe(0);
    await alert.getByRole('button', { name: 'Close' }).click();
  }
  expect(await alert.count()).toBe(0);
  expect(await loadedModel(page)).toBe(before);
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await waitForStatus(page, 'Done.');
  expect(complaints).toEqual([]);
});

test('a model without a text encoder is described, but not taken', async () => {
  const { page, complaints } = await bare.open();
  await drop(page, join(ROOT, 'test/fixtures/wan-pipeline-euler'));
  const about = page.getByRole('article', { name: 'wan-pipeline-euler' });
  await about.waitFor();
  expect(await about.innerText()).toMatch(/no text encoder/);
  expect(await page.getByRole('button', { name: 'Use this model' }).isDisabled()).toBe(true);
  expect(complaints).toEqual([]);
});

test('a model of classes is taken, and makes a picture of one', async () => {
  const { page, complaints } = await site.open('policy=none');
  await waitForStatus(page, 'Ready.');
  await drop(page, join(ROOT, 'test/fixtures/dit-pipeline'));
  const about = page.getByRole('article', { name: 'dit-pipeline' });
  await about.waitFor({ timeout: 120_000 });
  expect(await about.innerText()).toMatch(/DiTPipeline[\s\S]*vae\s+AutoencoderKL/i);
  await page.getByRole('button', { name: 'Use this model' }).click();
  await page
    .locator('.model-card.chosen')
    .filter({ hasText: /dit-pipeline/ })
    .waitFor({ timeout: 180_000 });
  const field = page.getByLabel('What should it show?');
  await field.fill('a red circle');
  await page.getByText('One of the 1000 classes').and(page.locator('.wrong')).waitFor();
  await field.fill('golden retriever');
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await waitForStatus(page, 'Done.');
  expect(complaints).toEqual([]);
});

async function overwrite(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  await handle.write('<!doctype html><title>Not found</title>', 0);
  await handle.close();
}

async function rename(path: string): Promise<void> {
  const index = await readFile(path, 'utf8');
  await writeFile(path, index.replace('"WanPipeline"', '"CogVideoXPipeline"'));
}
