import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../scripts/setup/system.mjs';
import { type Consumer, installPackage } from '../support/consumer.ts';

const run = promisify(execFile);
let app: Consumer;

beforeAll(async () => {
  app = await installPackage();
});

afterAll(() => app?.[Symbol.asyncDispose]());

test('the package holds what it should, and no weights', async () => {
  const names = await readdir(join(app.folder, 'node_modules/stillframe/'));
  expect(names.sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
});

// Its own types are checked too: skipLibCheck would hide a declaration that does not resolve.
test.each(['bundler', 'nodenext'])('an application type-checks with moduleResolution %s', async (moduleResolution) => {
  await app.write('package.json', '{ "type": "module" }');
  await app.write(
    'app.ts',
    `import { type Clip, type GenerateOptions, type Report, StillframeError, loadPipeline } from 'stillframe';
    const options: GenerateOptions = { prompt: 'a red circle', seed: 7, onStep: ({ step }) => console.log(step + 1) };
    export async function generate(device: GPUDevice): Promise<Report> {
      const pipeline = await loadPipeline('shapes', { device, onProgress: ({ loaded }) => console.log(loaded) });
      const clip: Clip = await pipeline.generate(options);
      for await (const frame of clip.frames()) frame.close();
      const blob: Blob = await clip.toBlob({ type: 'video/webm' });
      const texture: GPUTexture = clip.texture(0);
      console.log(blob.size, texture.width, new StillframeError('', '').remedy);
      await pipeline.dispose();
      return clip.report;
    }
    // @ts-expect-error: a seed is a number
    export const wrong: GenerateOptions = { seed: 'seven' };`,
  );
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    target: 'ES2022',
    module: moduleResolution === 'nodenext' ? 'NodeNext' : 'ESNext',
    moduleResolution,
    lib: ['ES2023', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
    types: [],
  };
  await app.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['app.ts'] }));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { code = 0, stdout, stderr } = await run(process.execPath, [tsc, '-p', app.folder]).catch((error) => error);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('an application that loads no model carries no pipeline', async () => {
  await app.write(
    'policies.js',
    "import { describePolicies } from 'stillframe/policies'; console.log(describePolicies());",
  );
  const { output } = (await build({
    root: app.folder,
    configFile: false,
    logLevel: 'error',
    build: { write: false, rolldownOptions: { input: join(app.folder, 'policies.js') } },
  })) as Rolldown.RolldownOutput;
  expect(output.map(({ fileName }) => fileName)).toEqual([expect.stringMatching(/policies-.*\.js$/)]);
});
