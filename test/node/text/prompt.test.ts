import { beforeEach, describe, expect, test, vi } from 'vitest';
import { fixAndCleanPrompt } from '../../../src/text/clean.ts';
import fc from '../../support/property.ts';

const CODE = '../../../src/text/clean.ts';
let loads = 0;

/** The module under test, which has not loaded the code that only some prompts need. */
const fresh = () => import('../../../src/text/prompt.ts');

beforeEach(() => {
  loads = 0;
  vi.resetModules();
  vi.doMock(CODE, (importOriginal) => {
    loads++;
    return importOriginal();
  });
});

const ASCII = String.fromCharCode(...Array(128).keys());
const PLAIN = ASCII.replace(/[^\t\n\f\r -~]|&/g, '');

describe('a plain prompt', () => {
  test('is tidied without any more code', async () => {
    const { cleanPrompts } = await fresh();
    const texts = { prompt: '  a red\t\r\ncircle; <b> 100% "x" ', negativePrompt: PLAIN };
    expect(await cleanPrompts(texts)).toEqual({
      prompt: 'a red circle; <b> 100% "x"',
      negativePrompt: PLAIN.trim(),
    });
    expect(loads).toBe(0);
  });

  test('becomes what that code would make of it, as planned', async () => {
    const { cleanPrompts, tidyPrompts } = await fresh();
    const text = fc.string({ unit: fc.constantFrom(...PLAIN, ...' \t\n\r\f;#'.repeat(5)) });
    await fc.assert(
      fc.asyncProperty(text, text, async (prompt, negativePrompt) => {
        const cleaned = await cleanPrompts({ prompt, negativePrompt });
        expect(cleaned.prompt).toBe(fixAndCleanPrompt(prompt));
        expect(cleaned.negativePrompt).toBe(fixAndCleanPrompt(negativePrompt));
        expect(tidyPrompts({ prompt, negativePrompt })).toEqual(cleaned);
      }),
      { numRuns: 1000 },
    );
    expect(loads).toBe(0);
  });
});

describe('any other prompt', () => {
  test('loads the code once, and is cleaned as diffusers cleans it, positive or negative', async () => {
    const { cleanPrompts } = await fresh();
    const texts = { prompt: '“it&#146;s”', negativePrompt: 'blurry&mdash;noisy' };
    expect(await cleanPrompts(texts)).toEqual({ prompt: '"it\'s"', negativePrompt: 'blurry—noisy' });
    await cleanPrompts(texts);
    expect(loads).toBe(1);
  });

  test('is one with any other character', async () => {
    const { cleanPrompts, tidyPrompts } = await fresh();
    for (const character of `${ASCII}\u0080`.replace(/[\t\n\f\r -~]/g, '').concat('&')) {
      const texts = { prompt: `a${character}lt;`, negativePrompt: '' };
      const { prompt } = await cleanPrompts(texts);
      expect(prompt).toBe(fixAndCleanPrompt(texts.prompt));
      expect(prompt).not.toBe(tidyPrompts(texts).prompt);
    }
  });
});
