import { expect, onTestFinished, test } from 'vitest';
import { type GenerateOptions, loadPipeline, noStore } from '../../src/index.ts';

const SMALL: GenerateOptions = { seed: 3, steps: 1, width: 32, height: 32, frames: 1 };
const PROMPT = 'a red circle moving left on a sky background';

/** What this page has loaded of the code that only some prompts need. */
const loaded = () => performance.getEntriesByType('resource').filter(({ name }) => /\/src\/text\/clean\.ts/.test(name));

test('a prompt is cleaned before it is encoded, by code that plain ones do not load', async () => {
  // The page's own modules fill the usual 250.
  performance.setResourceTimingBufferSize(10_000);
  const firstRun = { ...SMALL, prompt: PROMPT };
  const pipeline = await loadPipeline('shapes', { manifestUrl: '/weights-manifest.json', store: noStore, firstRun });
  onTestFinished(() => pipeline.dispose());
  const draw = async (options: GenerateOptions) => {
    const clip = await pipeline.generate({ ...SMALL, ...options });
    const pixels = await clip.rgba();
    clip.dispose();
    return { pixels, report: clip.report };
  };
  const plain = await draw({ prompt: PROMPT, negativePrompt: "a fox's den" });
  expect(loaded()).toEqual([]);
  const written = {
    prompt: 'a&nbsp;red circle \x1b[1mmoving&#32;left\x1b[0m on ａ sky background',
    negativePrompt: 'a foxâ€™s den',
  };
  const cleaned = await draw(written);
  expect(loaded()).not.toEqual([]);
  expect(cleaned.pixels).toEqual(plain.pixels);
  expect(cleaned.report).toMatchObject({ ...written, warnings: [] });
  const other = await draw({ prompt: PROMPT, negativePrompt: 'a fox, a den' });
  expect(other.pixels).not.toEqual(plain.pixels);
});

// Browsers' text decoders differ from Node's in what they make of bytes without a meaning.
test('this browser cleans prompts as Python does', async () => {
  const { fixAndCleanPrompt } = await import('../../src/text/clean.ts');
  const response = await fetch('/test/fixtures/prompts/prompts.json');
  const { rows }: { rows: [string, string | 0, string | 0][] } = await response.json();
  const wrong = rows.filter(([text, , right]) => fixAndCleanPrompt(text) !== (right === 0 ? text : right));
  expect(rows.length).toBeGreaterThan(2000);
  expect(wrong).toEqual([]);
});
