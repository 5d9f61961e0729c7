import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { buildApplications, html } from '../support/applications.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { CONSUMERS, installPackages, tool, writeApplication } from '../support/consumers.ts';
import { STRICT_CSP, startServer } from '../support/server.ts';
import { type Snippet, snippets } from '../support/snippets.ts';

const run = promisify(execFile);

/** Of guides, the examples that run as they are: page titles tell what they came to, or a video does. */
const RUN = {
  page: 'video',
  stop: 'undefined 5',
  memory: 'planned true, kept to true',
  caching: 'bwcache compared with none',
} as const;

let browser: Browser;
let quickStart: string;
let guides: Snippet[];
/** By application: its folder, built. */
let builds: Record<string, Promise<string>> = {};

beforeAll(async () => {
  await installPackages();
  const pages = (await readdir('docs/guides')).filter((name) => name.endsWith('.md'));
  guides = (await Promise.all(pages.map((name) => snippets(join('docs/guides', name))))).flat();
  quickStart = (await snippets('README.md'))[0]?.code ?? '';
  // They go on beside each other, and beside the pages of those that are done.
  builds = buildApplications({ quickStart, guides }, Object.keys(RUN));
  browser = await launchBrowser();
}, 300_000);

afterAll(async () => {
  await Promise.allSettled(Object.values(builds));
  await browser?.close();
});

/** Opens an application's page, and waits for a title, or a video that can be played. */
async function outcome(folder: string, path: string, options: Parameters<typeof startServer>[1] = {}): Promise<string> {
  await using server = await startServer(folder, { ...options, pages: { '/favicon.ico': '', ...options?.pages } });
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const { page, complaints } = await openPage(context, server.url + path);
  const title = await page.waitForFunction(told, undefined, { timeout: 240_000 }).catch((error) => {
    throw new Error(`${path} came to nothing: ${complaints.join('\n')}`, { cause: error });
  });
  expect(complaints).toEqual([]);
  return (await title.jsonValue()) as string;
}

/** In the page: what it came to, once it has. */
function told(): string | undefined {
  const video = document.querySelector('video');
  if (video && video.readyState >= 2 && video.videoWidth > 0) return 'video';
  // Progress is told in titles, too.
  return /^(-|\w+ \d+ of \d+)?$/.test(document.title) || video ? undefined : document.title;
}

describe('the packed package makes a clip', () => {
  test.each([
    ['Vite', 'vite', 'quick-start.html'],
    ['no bundler, by an import map', 'import-map', 'import-map/index.html'],
    ['esbuild', 'esbuild', ''],
    ['webpack 5', 'webpack', ''],
    ['Next.js', 'next', ''],
  ])('in %s', async (_, name, path) => {
    const built = await (builds[name] as Promise<string>);
    const pages: Record<string, string> = path === '' && name !== 'next' ? { '/': html('quick-start.js') } : {};
    expect(await outcome(name === 'import-map' ? CONSUMERS : built, path, { pages })).toBe('video');
  });

  // `page` is that of the module worker.
  test.each(Object.entries(RUN))('as the guide with %s.ts has it', async (name, expected) => {
    // The strictest policy that each can have: a video of bytes needs blob: besides.
    const headers = { 'Content-Security-Policy': `${STRICT_CSP}; media-src blob:` };
    expect(await outcome(await (builds.vite as Promise<string>), `${name}.html`, { headers })).toBe(expected);
  });
});

describe('its types', () => {
  test.each(['typescript-5.5', 'typescript-6.0', 'typescript'])('suit %s, as the guides use them', async (version) => {
    const files = Object.fromEntries([...guides.map(({ name, code }) => [name, code]), ['quick-start.ts', quickStart]]);
    const compilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      target: 'ES2022',
      module: 'ESNext',
      moduleResolution: 'bundler',
      allowImportingTsExtensions: true,
      jsx: 'react-jsx',
      lib: ['ES2023', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
      // Before 6, TypeScript has no WebGPU of its own.
      types: version.includes('-5.') ? ['@webgpu/types'] : [],
    };
    const folder = await writeApplication(`types-${version}`, {
      ...files,
      'tsconfig.json': JSON.stringify({ compilerOptions }),
    });
    const { stdout } = await run(process.execPath, [tool(`${version}/bin/tsc`), '-p', folder]).catch((error) => error);
    expect(stdout).toBe('');
  });
});

test('internals cannot be imported', async () => {
  const folder = await writeApplication('internals', {});
  for (const path of ['dist/index.js', 'dist/wan.js', 'src/index.ts', 'dist/index.d.ts']) {
    const script = `import('stillframe/${path}').then(() => console.log('imported'), ({ code }) => console.log(code))`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
    expect(stdout.trim(), path).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  }
  const names = await readdir(tool('stillframe/dist'));
  expect(names.filter((name) => name.endsWith('.d.ts')).sort()).toEqual(['index.d.ts', 'policies.d.ts']);
});
