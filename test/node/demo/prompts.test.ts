import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { drawPrompt, EXAMPLES, WORDS } from '../../../demo/state/prompts.ts';
import fc from '../../support/property.ts';

const any = (words: readonly string[]) => `(?:${words.join('|')})`;
const THING = `(an?) (${any(WORDS.colors)}) (${any(WORDS.shapes)}) ${any(WORDS.motions)}`;
const SENTENCE = new RegExp(`^${THING}(?: and ${THING})? on a ${any(WORDS.backgrounds)} background$`);

/** As `Math.random`, from 0 up to but not 1. */
const draws = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));

test('whatever is drawn is a sentence that the model knows', () => {
  fc.assert(
    fc.property(draws, (stream) => {
      const prompt = drawPrompt(() => stream.next().value);
      const [, article, color, shape, second, otherColor, otherShape] = SENTENCE.exec(prompt) ?? [];
      expect(article).toBe(color === 'orange' ? 'an' : 'a');
      if (second === undefined) return;
      expect(otherColor).not.toBe(color);
      expect(otherShape).not.toBe(shape);
    }),
  );
});

test('one thing and two things are drawn', () => {
  expect(drawPrompt(() => 0)).toBe('a red circle moving left and a green square moving left on a black background');
  expect(drawPrompt(() => 0.99)).toBe('a pink diamond standing still on a forest background');
});

test.each(EXAMPLES.map(({ prompt }) => prompt))('the example is one of them: %s', (prompt) => {
  expect(prompt).toMatch(SENTENCE);
});

test('its words are in the vocabulary of the embedded model', async () => {
  const path = new URL('../../../models/shapes/tokenizer/tokenizer.json', import.meta.url);
  const { model } = JSON.parse(await readFile(path, 'utf8')) as { model: { vocab: unknown } };
  const vocabulary = new Set(
    Array.isArray(model.vocab) ? model.vocab.map(([word]) => word) : Object.keys(model.vocab as object),
  );
  const words = Object.values(WORDS).flatMap((list) => list.flatMap((entry) => entry.split(' ')));
  const missing = words.filter((word) => !vocabulary.has(word) && !vocabulary.has(`▁${word}`));
  expect(missing).toEqual([]);
});
