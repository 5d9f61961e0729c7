import { expect, test } from 'vitest';
import { drawPrompt, EXAMPLES } from '../../../demo/state/prompts.ts';
import { replaceWord, unknownWords } from '../../../demo/state/vocabulary.ts';
import fc from '../../support/property.ts';

const nearest = (prompt: string) => unknownWords(prompt).map(({ word, nearest }) => `${word}: ${nearest}`);

test('what the model knows is not marked', () => {
  const draws = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
  fc.assert(
    fc.property(draws, (stream) => {
      expect(unknownWords(drawPrompt(() => stream.next().value))).toEqual([]);
    }),
  );
  for (const { prompt } of EXAMPLES) expect(unknownWords(prompt)).toEqual([]);
});

test.each([
  ['a crimson ball moving left on a sky background', ['crimson: red', 'ball: circle']],
  ['a red cirlce bouncing on a balck background', ['cirlce: circle', 'balck: black']],
  ['a red elephant spinning on a kitchen background', ['elephant: ', 'kitchen: ']],
  ['A Red circle', ['A: a', 'Red: red']],
  ['', []],
])('%s', (prompt, expected) => {
  const found = nearest(prompt);
  expect(found).toHaveLength(expected.length);
  for (const [i, start] of expected.entries()) expect(found[i]).toContain(start);
});

test('what the place wants decides, where neither meaning nor spelling does', () => {
  const [animal, place] = unknownWords('a red elephant spinning on a kitchen background');
  expect(['circle', 'square', 'triangle', 'star', 'ring', 'diamond']).toContain(animal?.nearest);
  expect(['black', 'white', 'gray', 'sky', 'sunset', 'forest']).toContain(place?.nearest);
});

test('replacing the words from the last one on leaves nothing unknown, whatever was typed', () => {
  fc.assert(
    fc.property(fc.string(), (prompt) => {
      const mended = unknownWords(prompt).reduceRight(replaceWord, prompt);
      expect(unknownWords(mended)).toEqual([]);
    }),
  );
});
