import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isBad } from '../../../src/text/badness.ts';

interface Recorded {
  readonly characters: string;
  /** Base64: a bit for each pair, the first character's row by row. */
  readonly pairs: string;
  readonly bad: readonly string[];
  readonly sound: readonly string[];
}

const path = new URL('../../fixtures/prompts/badness.json', import.meta.url);
const recorded: Recorded = JSON.parse(readFileSync(path, 'utf8'));

test('the pairs of characters that ftfy takes for mojibake are taken for it', () => {
  const bits = Buffer.from(recorded.pairs, 'base64');
  const wrong: string[] = [];
  let i = 0;
  for (const first of recorded.characters) {
    for (const second of recorded.characters) {
      const isExpected = (((bits[i >> 3] as number) >> (7 - (i & 7))) & 1) === 1;
      if (isBad(first + second) !== isExpected) wrong.push(first + second);
      i++;
    }
  }
  expect(i).toBeGreaterThan(200_000);
  expect(wrong).toEqual([]);
});

test('so are longer rows, and no others', () => {
  expect(recorded.bad.length).toBeGreaterThan(300);
  expect(recorded.sound.length).toBeGreaterThan(150);
  expect(recorded.bad.filter((text) => !isBad(text))).toEqual([]);
  expect(recorded.sound.filter(isBad)).toEqual([]);
});
