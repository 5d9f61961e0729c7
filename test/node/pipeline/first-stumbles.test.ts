import { afterEach, expect, test, vi } from 'vitest';
import { loadPipeline, MissingFileError, noStore, SourceError } from '../../../src/index.ts';
import { fakeDevice } from '../../support/fake-device.ts';

/** A page at this address, whose server has nothing. */
function pageAt(href: string, fetch: () => Promise<Response> = async () => new Response(null, { status: 404 })): void {
  vi.stubGlobal('location', { href });
  vi.stubGlobal('fetch', fetch);
}
const load = (model: string) => loadPipeline(model, { device: fakeDevice(), store: noStore });

afterEach(() => vi.unstubAllGlobals());

test('no manifest beside the page: the model itself can be passed', async () => {
  pageAt('https://host/app/');
  await expect(load('shapes')).rejects.toThrow(SourceError);
  await expect(load('shapes')).rejects.toThrow(
    /weights-manifest\.json is not there.*package such as stillframe-shapes exports.*slash: \.\/shapes\/.*manifestUrl/,
  );
});

test('a single-page server that answers with its page is no manifest either', async () => {
  pageAt('https://host/', async () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }));
  await expect(load('shapes')).rejects.toThrow(/page of HTML.*stillframe-shapes exports/);
});

test.each(['shapes', './shapes/'])('a page of a file: address is told to be served: %s', async (model) => {
  pageAt('file:///home/me/index.html', () => Promise.reject(new TypeError('Failed to fetch')));
  await expect(load(model)).rejects.toThrow(SourceError);
  await expect(load(model)).rejects.toThrow(/file:\/\/.*could not be fetched.*serve the folder.*let the user pick it/);
});

test.each(['./models/', './shapes/transformer/', './shapes/transformer/model.safetensors'])(
  'a wrong folder is told from the right one: %s',
  async (model) => {
    pageAt('https://host/');
    await expect(load(model)).rejects.toThrow(MissingFileError);
    await expect(load(model)).rejects.toThrow(
      /is no model folder: .*model_index\.json is not there.*model_index\.json at its top/,
    );
  },
);
