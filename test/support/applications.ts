import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { tool, writeApplication } from './consumers.ts';
import { type Snippet, small } from './snippets.ts';

const run = promisify(execFile);

/** A page with one script. */
export const html = (script: string) =>
  `<!doctype html>\n<title>-</title>\n<script type="module" src="./${script}"></script>\n`;

/** What is built: the quick start of the README, and the examples of the guides. */
export interface Examples {
  readonly quickStart: string;
  readonly guides: readonly Snippet[];
}

/** Builds an application of each kind, beside each other, the slowest first. @returns their folders, by name. */
export function buildApplications(examples: Examples, pages: readonly string[]): Record<string, Promise<string>> {
  const builds = {
    next: next(examples),
    webpack: webpack(examples),
    vite: vite(examples, pages),
    esbuild: esbuild(examples),
    'import-map': writeApplication('import-map', { 'quick-start.js': small(examples.quickStart) }),
  };
  // Who waits for one is told.
  for (const build of Object.values(builds)) build.catch(() => {});
  return builds;
}

async function vite({ quickStart, guides }: Examples, pages: readonly string[]): Promise<string> {
  const folder = await writeApplication('vite', {
    'quick-start.ts': small(quickStart),
    'quick-start.html': html('quick-start.ts'),
    ...Object.fromEntries(guides.map(({ name, code }) => [name, small(code)])),
    ...Object.fromEntries(pages.map((name) => [`${name}.html`, html(`${name}.ts`)])),
  });
  await run(process.execPath, [tool('vite/bin/vite.js'), 'build', '--logLevel', 'warn'], { cwd: folder });
  return join(folder, 'dist');
}

async function webpack({ quickStart }: Examples): Promise<string> {
  const folder = await writeApplication('webpack', { 'quick-start.js': small(quickStart) });
  await run(process.execPath, ['webpack.mjs'], { cwd: folder });
  return join(folder, 'dist');
}

async function esbuild({ quickStart }: Examples): Promise<string> {
  const script = small(quickStart)
    .replace(/import shapes(.*)/, 'import { shapesAt }$1')
    .replace('(shapes,', "(shapesAt('./shapes/'),");
  const folder = await writeApplication('esbuild', { 'quick-start.js': script });
  const words = ['quick-start.js', '--bundle', '--format=esm', '--splitting', '--outdir=dist', '--log-level=warning'];
  const { stderr } = await run(tool('.bin/esbuild'), words, { cwd: folder });
  if (stderr) throw new Error(stderr);
  await cp(tool('stillframe-shapes'), join(folder, 'dist/shapes'), { recursive: true });
  return join(folder, 'dist');
}

async function next({ guides }: Examples): Promise<string> {
  const { code = '' } = guides.find(({ name }) => name === 'video.tsx') ?? {};
  const component = await transform(small(code), { loader: 'tsx', jsx: 'preserve' });
  const folder = await writeApplication('next', { 'app/video.jsx': component.code });
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' as const };
  await run(process.execPath, [tool('next/dist/bin/next'), 'build'], { cwd: folder, env });
  return join(folder, 'dist');
}
