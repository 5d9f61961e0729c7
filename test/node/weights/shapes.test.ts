import { expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/weights/checkpoint.ts';
import { decode } from '../../../src/weights/formats.ts';
import { parseManifest } from '../../../src/weights/manifest.ts';
import { readJson } from '../../../src/weights/source.ts';
import { diskSource } from './support.ts';

const ROOT = new URL('../../../', import.meta.url);
const { models } = parseManifest(await readJson(diskSource(ROOT), 'weights-manifest.json'));
const files = models.find((model) => model.id === 'shapes')?.files;
const source = diskSource(new URL('models/shapes/', ROOT));

it.each([
  ['transformer', 339, 'patch_embedding.weight', [192, 16, 1, 2, 2]],
  ['vae', 146, 'decoder.conv_out.weight', [12, 16, 3, 3, 3]],
  ['text_encoder', 32, 'shared.weight', [120, 128]],
])('the embedded %s streams whole, with the manifest’s hash', async (folder, count, name, shape) => {
  const checkpoint = await openCheckpoint(source, folder, { files });
  expect(checkpoint.tensors.size).toBe(count);
  expect(checkpoint.tensors.get(name)?.shape).toEqual(shape);
  let bytes = 0;
  await checkpoint.stream(
    () => true,
    (info, data) => {
      bytes += data.length;
      expect(decode(data, info).every(Number.isFinite)).toBe(true);
    },
  );
  expect(bytes).toBe(checkpoint.bytes);
});
