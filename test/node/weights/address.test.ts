import { afterEach, describe, expect, it, vi } from 'vitest';
import { OptionError, SourceError } from '../../../src/errors.ts';
import { withArtifact } from '../../../src/pipeline/policy-presets.ts';
import { resolveModel } from '../../../src/pipeline/resolve.ts';
import { parseManifest } from '../../../src/weights/manifest.ts';
import { readJson, sourceFromFiles, sourceFromUrl } from '../../../src/weights/source.ts';

const DEFAULTS = { width: 64, height: 64, frames: 1, steps: 1, guidanceScale: 1, sampler: 'unipc' };
const entry = (id: string, url: string) => ({
  id,
  url,
  title: id,
  license: 'MIT',
  pipeline: 'WanPipeline',
  files: [],
  defaults: DEFAULTS,
  presets: {},
});
const manifest = (...models: object[]) => JSON.stringify({ models });

/** Answers what is listed, and keeps what was asked for. */
function web(files: Record<string, string>): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (input: URL) => {
    asked.push(input.href);
    const found = files[input.href];
    return found === undefined ? new Response(null, { status: 404 }) : new Response(found);
  });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

const HOST = 'https://host/m/weights-manifest.json';

describe('a model by its id', () => {
  it.each(['wan2.1', 'wan-2.1-t2v-1.3b', 'shapes', '1.0'])('%s is looked up in the manifest', async (id) => {
    web({ [HOST]: manifest(entry(id, './models/x/')) });
    expect(await resolveModel(id, HOST)).toMatchObject({ id, source: { label: 'https://host/m/models/x/' } });
  });

  it('that is not there is told from a folder', async () => {
    web({ [HOST]: manifest(entry('wan2.1', './x/')) });
    await expect(resolveModel('wan2.2', HOST)).rejects.toThrow(OptionError);
    await expect(resolveModel('wan2.2', HOST)).rejects.toThrow(
      /no model "wan2\.2" in https.*one of: wan2\.1; .*with a slash/,
    );
    const nowhere = resolveModel('models.v2', 'https://host/none.json');
    await expect(nowhere).rejects.toThrow(SourceError);
    await expect(nowhere).rejects.toThrow(
      /"models\.v2" is looked up in a manifest\. .*none\.json is not there.*\.\/models\.v2\//,
    );
  });

  it('keeps the address of the manifest as it is written, and its query for what lies beside it', async () => {
    const url = 'https://host/my%20%231/we%C3%AFghts.json?token=a%2Fb+c#part';
    const asked = web({
      'https://host/my%20%231/we%C3%AFghts.json?token=a%2Fb+c#part': manifest(
        entry('a', './x/'),
        entry('b', '/y/?v=1'),
        entry('c', 'https://other/z/'),
        entry('d', '//other/z/'),
      ),
      'https://host/my%20%231/x/a%20b.json?token=a%2Fb+c': '1',
      'https://host/y/a%20b.json?v=1': '2',
      'https://other/z/a%20b.json': '3',
    });
    const read = async (id: string) => readJson((await resolveModel(id, url)).source, 'a b.json');
    expect(await Promise.all(['a', 'b', 'c', 'd'].map(read))).toEqual([1, 2, 3, 3]);
    expect(asked[0]).toBe(url);
  });

  it('is found in a manifest of data: or blob:, which lies in no folder', async () => {
    const text = manifest(entry('a', 'https://host/a/'), entry('b', './b/'));
    const blob = URL.createObjectURL(new Blob([text]));
    for (const url of [`data:application/json,${encodeURIComponent(text)}`, blob]) {
      expect((await resolveModel('a', url)).source.label).toBe('https://host/a/');
      await expect(resolveModel('b', url)).rejects.toThrow(OptionError);
      await expect(resolveModel('b', url)).rejects.toThrow(
        /"b" is at ".\/b\/", relative to a manifest at (data|blob):/,
      );
    }
    URL.revokeObjectURL(blob);
  });
});

describe('a model by its address', () => {
  it.each([
    ['https://host/m?token=a%2Fb', 'https://host/m/', 'https://host/m/x%20%23.json?token=a%2Fb'],
    ['https://host/my%20model/', 'https://host/my%20model/', 'https://host/my%20model/x%20%23.json'],
    ['https://host/my model', 'https://host/my%20model/', 'https://host/my%20model/x%20%23.json'],
    [
      'https://host/größe/%F0%9F%90%88/',
      'https://host/gr%C3%B6%C3%9Fe/%F0%9F%90%88/',
      'https://host/gr%C3%B6%C3%9Fe/%F0%9F%90%88/x%20%23.json',
    ],
    ['https://host/m/#readme', 'https://host/m/', 'https://host/m/x%20%23.json'],
    ['https://host/%23m/', 'https://host/%23m/', 'https://host/%23m/x%20%23.json'],
  ])('%s is asked for its files', async (address, label, file) => {
    for (const model of [address, new URL(address)]) {
      const asked = web({ [file]: '{}' });
      const { id, source } = await resolveModel(model, undefined);
      expect(source.label).toBe(label);
      expect(id).not.toMatch(/[?#]/);
      await readJson(source, 'x #.json');
      expect(asked).toEqual([file]);
    }
  });

  it('shows no query, which may be a signature', async () => {
    web({});
    const failure = readJson(sourceFromUrl('https://host/m/?sig=secret'), 'a.json');
    await expect(failure).rejects.toThrow(/^https:\/\/host\/m\/a\.json is not there/);
    await expect(resolveModel('x', 'https://host/w.json?sig=secret')).rejects.not.toThrow(/secret/);
    web({ 'https://host/w.json?sig=secret': manifest() });
    await expect(resolveModel('x', 'https://host/w.json?sig=secret')).rejects.not.toThrow(/secret/);
  });

  it.each(['data:application/json,{}', 'blob:https://host/1b9d6bcd', 'mailto:a@b.c', 'C:\\models\\wan', 'http://'])(
    '%s is refused with what is taken',
    async (address) => {
      web({});
      await expect(resolveModel(address, undefined)).rejects.toThrow(OptionError);
      await expect(resolveModel(address, undefined)).rejects.toThrow(/Give .*(https:|URL)/);
      expect(() => sourceFromUrl(address)).toThrow(OptionError);
      if (URL.canParse(address)) expect(() => sourceFromUrl(new URL(address))).toThrow(/list of File, or a directory/);
    },
  );

  it.each(['./m/', '.', '..', '/m/', 'models/wan/'])('%s needs a page to count from', async (address) => {
    await expect(resolveModel(address, undefined)).rejects.toThrow(
      /no address where there is no page\. Give a whole URL/,
    );
    vi.stubGlobal('location', { href: 'https://host/app/index.html?x=1#y' });
    const { source } = await resolveModel(address, undefined);
    expect(source.label).toMatch(/^https:\/\/host\/.*\/$|^https:\/\/host\/$/);
  });

  it('cuts long ones in messages', () => {
    expect(() => sourceFromUrl(`data:,${'x'.repeat(100_000)}`)).toThrow(/^.{1,300}$/);
  });
});

describe("a policy's artifact", () => {
  const ARTIFACT = { policy: 'smoothcache' };
  const model = sourceFromFiles([new File([JSON.stringify(ARTIFACT)], 'model/my%20a.json')]);
  const read = (artifact: string) => withArtifact({ policyOptions: { artifact } }, model);

  it('is asked for by its address as it is written', async () => {
    const url = 'https://host/a%20b/%C3%A4%2F1.json?token=t%2Fu';
    const asked = web({ [url]: JSON.stringify(ARTIFACT) });
    expect((await read(url)).policyOptions?.artifact).toEqual(ARTIFACT);
    expect(asked).toEqual([url]);
    await expect(read('https://host/none.json?sig=secret')).rejects.not.toThrow(/secret/);
    await expect(read('https://host/none.json?sig=secret')).rejects.toThrow(
      /"https:\/\/host\/none\.json": .*not there/,
    );
  });

  it('may be data: or blob:', async () => {
    const data = `data:application/json,${encodeURIComponent(JSON.stringify(ARTIFACT))}`;
    expect((await read(data)).policyOptions?.artifact).toEqual(ARTIFACT);
    await expect(read('data:text/plain,x')).rejects.toThrow(SourceError);
  });

  it('is a name in the model folder as it is', async () => {
    expect((await read('my%20a.json')).policyOptions?.artifact).toEqual(ARTIFACT);
  });
});

it('a manifest gives folders, with or without a query', () => {
  const url = (folder: string) => parseManifest(JSON.parse(manifest(entry('a', folder)))).models[0]?.url;
  for (const good of ['./a/', 'https://host/a/?sig=x', '/']) expect(url(good)).toBe(good);
  for (const bad of ['./a', 'https://host/a?x=/', './a/#b', './a#/'])
    expect(() => url(bad)).toThrow(/models\[0\]\.url/);
});
