import type { WeightSource } from '../../src/weights/source.ts';
import { MissingFileError } from '../../src/weights/source.ts';
import { loadFixture } from './gpu.ts';

/** A folder of `test/fixtures/` as a source, in Chromium and in Node. */
export function fixtureSource(folder: string): WeightSource {
  return {
    label: folder,
    origin: 'disk',
    async open(path, range) {
      let bytes: Uint8Array;
      try {
        bytes = await loadFixture(`${folder}/${path}`);
      } catch (cause) {
        throw new MissingFileError(`${folder} has no ${path}.`, 'Add the fixture.', { cause });
      }
      const part = bytes.slice(range?.start ?? 0, range?.end);
      const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
        start(controller) {
          controller.enqueue(new Uint8Array(part));
          controller.close();
        },
      });
      return { stream, start: range?.start ?? 0, totalBytes: bytes.length, origin: 'disk' };
    },
  };
}
