import { describe, expect, it, test } from 'vitest';
import { OptionError } from '../../src/errors.ts';
import { cacheStore, inspectModel, loadPipeline, noStore, sourceFromUrl } from '../../src/index.ts';
import { type KnownKeys, refuseUnknown } from '../../src/known-keys.ts';
import { sourceFromFiles } from '../../src/weights/source.ts';
import { fakeDevice } from '../support/fake-device.ts';
import { modelFiles } from '../support/model-files.ts';

const KNOWN: KnownKeys<{ width: number; height: number }> = { width: 1, height: 1 };

describe('what a call has no option for', () => {
  it('is refused, with the options that there are', () => {
    const refuse = (given: object) => refuseUnknown('generate', given, KNOWN as KnownKeys<object>);
    expect(() => refuse({ width: 1, heigth: 2, w: undefined })).toThrow(OptionError);
    expect(() => refuse({ width: 1, heigth: 2, w: undefined })).toThrow(
      'generate has no option heigth, w. Its options are width, height.',
    );
    expect(() => refuse({ toString: 1 })).toThrow('no option toString');
    expect(() => refuse('a prompt' as never)).toThrow(
      'generate was given "a prompt". Pass an object with width, height.',
    );
    refuse({ height: undefined });
    refuse({});
  });

  const model = async () => sourceFromFiles(await modelFiles('shapes'));
  const options = () => ({ device: fakeDevice(), store: noStore });
  test.each<[string, () => unknown, RegExp]>([
    [
      'loadPipeline',
      async () => loadPipeline(await model(), { ...options(), wieghts: 'f16' } as never),
      /^loadPipeline has no option wieghts\. .*weights/,
    ],
    [
      'inspectModel',
      async () => inspectModel(await model(), { ...options(), manifest: '/m.json' } as never),
      /no option manifest\. .*manifestUrl/,
    ],
    [
      'firstRun',
      async () => loadPipeline(await model(), { ...options(), firstRun: { prompt: 'a', num_frames: 5 } as never }),
      /^generate has no option num_frames\. .*frames/,
    ],
    [
      'preview',
      async () =>
        loadPipeline(await model(), {
          ...options(),
          firstRun: { prompt: 'a', preview: { every: 1, onPreview: () => {}, size: 2 } as never },
        }),
      /^preview has no option size/,
    ],
    ['cacheStore', async () => cacheStore({ partSize: 1 } as never), /^cacheStore has no option partSize/],
    [
      'sourceFromUrl',
      async () => sourceFromUrl('https://host/m/', { headers: {} } as never),
      /^sourceFromUrl has no option headers/,
    ],
  ])('%s', async (_, call, message) => {
    await expect(call()).rejects.toThrow(OptionError);
    await expect(call()).rejects.toThrow(message);
  });
});
