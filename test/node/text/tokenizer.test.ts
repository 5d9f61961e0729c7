import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { UnsupportedModelError } from '../../../src/errors.ts';
import { loadTokenizer } from '../../../src/text/tokenizer.ts';
import { MissingFileError, sourceFromFiles } from '../../../src/weights/source.ts';
import { diskSource } from '../weights/support.ts';

const FIXTURES = new URL('../../fixtures/tokenizers/', import.meta.url);

interface Expected {
  cases: { prompt: string; ids: number[] }[];
  truncated: { prompt: string; maxLength: number; ids: number[]; mask: number[] };
}

/** `in.input_ids` of models/shapes' golden.safetensors, for the prompt in its metadata. */
const SHAPES_IDS = [
  3, 25, 10, 20, 19, 21, 3, 29, 6, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

/** The ids without padding. */
function bareIds({ ids, tokens }: { ids: number[]; tokens: number }): number[] {
  return ids.slice(0, tokens);
}

describe.each(['byte-fallback', 'some-bytes', 'no-fallback'])('the %s tokenizer', async (folder) => {
  const expected = JSON.parse(await readFile(new URL(`${folder}/expected.json`, FIXTURES), 'utf8')) as Expected;
  const tokenizer = await loadTokenizer(diskSource(FIXTURES), folder);

  it.each(expected.cases)('gives the Rust library’s ids for $prompt', ({ prompt, ids }) => {
    expect(bareIds(tokenizer.encode(prompt))).toEqual(ids);
  });

  it('cuts a long prompt as transformers does, and says how much', () => {
    const { prompt, maxLength, ids, mask } = expected.truncated;
    const whole = tokenizer.encode(prompt).tokens;
    expect(tokenizer.encode(prompt, maxLength)).toEqual({
      ids,
      mask,
      tokens: maxLength,
      truncated: true,
      cut: whole - maxLength,
    });
  });
});

describe('the tokenizer of shapes', async () => {
  const tokenizer = await loadTokenizer(diskSource(new URL('../../../models/shapes/', import.meta.url)));

  it('gives the ids and the mask of the golden run', () => {
    const encoded = tokenizer.encode('a red circle moving left on a sky background');
    expect(encoded.ids).toEqual(SHAPES_IDS);
    expect(encoded.mask).toEqual(SHAPES_IDS.map((id) => (id === 0 ? 0 : 1)));
    expect(encoded.truncated).toBe(false);
  });

  it('pads to the model’s own length where that is the shorter', () => {
    expect(tokenizer.modelMaxLength).toBe(32);
    expect(tokenizer.encode('', 512).ids).toEqual([1, ...new Array(31).fill(0)]);
    expect(tokenizer.encode('', 4).ids).toEqual([1, 0, 0, 0]);
  });
});

describe('loadTokenizer', () => {
  const config = new File(['{"eos_token": "</s>", "pad_token": "<pad>"}'], 'tokenizer_config.json');

  it('says what to add where there is only spiece.model', async () => {
    const source = sourceFromFiles([config, new File(['x'], 'spiece.model')]);
    const failure = loadTokenizer(source, '');
    await expect(failure).rejects.toThrow(UnsupportedModelError);
    await expect(failure).rejects.toThrow(/Add a tokenizer\.json/);
  });

  it('says which file is missing where there is no tokenizer at all', async () => {
    const failure = loadTokenizer(sourceFromFiles([config]), '');
    await expect(failure).rejects.toThrow(MissingFileError);
    await expect(failure).rejects.toThrow(/tokenizer\.json/);
  });

  it('names a tokenizer.json that is not one', async () => {
    const failure = loadTokenizer(sourceFromFiles([config, new File(['{}'], 'tokenizer.json')]), '');
    await expect(failure).rejects.toThrow(UnsupportedModelError);
  });

  it('refuses one that does not end prompts with the end of sequence', async () => {
    const fixture = JSON.parse(await readFile(new URL('no-fallback/tokenizer.json', FIXTURES), 'utf8')) as object;
    const file = new File([JSON.stringify({ ...fixture, post_processor: null })], 'tokenizer.json');
    await expect(loadTokenizer(sourceFromFiles([config, file]), '')).rejects.toThrow(/post_processor/);
  });

  it('stops with the signal’s reason', async () => {
    const reason = new Error('stop');
    const source = diskSource(FIXTURES);
    await expect(loadTokenizer(source, 'no-fallback', AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
