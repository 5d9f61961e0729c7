import { expect, test } from 'vitest';
import { choiceName, chosenFolder } from '../../../demo/files/chosen.ts';
import { readJson, sourceFromFiles } from '../../../src/weights/source.ts';

/** As an `<input webkitdirectory>` gives it. */
function picked(path: string, content: string): File {
  const file = new File([content], path.slice(path.lastIndexOf('/') + 1));
  return Object.defineProperty(file, 'webkitRelativePath', { value: path });
}

test('a chosen folder keeps its paths on the way to a worker', async () => {
  const files = chosenFolder([picked('wan/model_index.json', '{"a": 1}'), picked('wan/vae/config.json', '{"b": 2}')]);
  // What a worker gets has its name, but not its `webkitRelativePath`.
  expect(files.map(({ name }) => name)).toEqual(['wan/model_index.json', 'wan/vae/config.json']);
  expect(await readJson(sourceFromFiles(files), 'vae/config.json')).toEqual({ b: 2 });
});

test('a choice is called as its folder, its file or its id', () => {
  const names = (...paths: string[]) => choiceName(paths.map((path) => new File([], path)));
  expect(choiceName('shapes')).toBe('shapes');
  expect(names('wan/model_index.json', 'wan/vae/config.json')).toBe('wan');
  expect(names('photo.jpg')).toBe('photo.jpg');
  expect(names('wan/a.json', 'other/b.json')).toBe('2 files');
  expect(names()).toBe('an empty folder');
});
