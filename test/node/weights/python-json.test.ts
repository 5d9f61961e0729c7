import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { UnsupportedModelError, WeightsError } from '../../../src/errors.ts';
import { readConfig } from '../../../src/models/config.ts';
import { parseT5Config } from '../../../src/models/t5/config.ts';
import { loadTokenizer } from '../../../src/text/tokenizer.ts';
import { openCheckpoint } from '../../../src/weights/checkpoint.ts';
import { parsePythonJson } from '../../../src/weights/python-json.ts';
import { parseSafetensorsHeader } from '../../../src/weights/safetensors.ts';
import { sourceFromFiles } from '../../../src/weights/source.ts';
import { f32, safetensors } from './support.ts';

const { texts } = JSON.parse(await readFile('test/fixtures/python-json.json', 'utf8')) as {
  texts: { text: string; value: [unknown] | null }[];
};

const TOKENIZER = 'test/fixtures/tokenizers/no-fallback';

/** As the fixture has it: JSON has no NaN and no infinity. */
function plain(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return { number: String(value) };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

function folder(files: Record<string, string | Uint8Array<ArrayBuffer>>) {
  return sourceFromFiles(Object.entries(files).map(([name, content]) => new File([content], name)));
}

describe('parsePythonJson', () => {
  test(`reads and refuses ${texts.length} texts as Python does`, () => {
    expect(texts.filter(({ value }) => value === null).length).toBeGreaterThan(100);
    for (const { text, value } of texts) {
      if (value === null) expect(() => parsePythonJson(text), text).toThrow(SyntaxError);
      else expect(plain(parsePythonJson(text)), text).toEqual(value[0]);
    }
  });

  test.each([
    '{NaN: 1}',
    '{Infinity: 1}',
    '-NaN',
    '- Infinity',
    '1NaN',
    '1Infinity',
    'Infinity1',
    '1e-Infinity',
    'nan',
    '["NaN]',
  ])('refuses %s', (text) => {
    expect(() => parsePythonJson(text)).toThrow(SyntaxError);
  });

  // Half a second; where each string is looked for to the end of the text, hours.
  test('is quick to refuse a large text of open strings', () => {
    expect(() => parsePythonJson('"\\"'.repeat(1_000_000))).toThrow(SyntaxError);
  });
});

describe('in a model folder', () => {
  test('a configuration may hold the three numbers where its class does not read them', async () => {
    const json = await readFile('models/shapes/text_encoder/config.json', 'utf8');
    const source = folder({
      'config.json': json.replace('{', '{"dropout": NaN, "a": Infinity, "b": -Infinity, "c": "NaN",'),
    });
    const config = await readConfig(source, 'config.json');
    expect(config).toMatchObject({ dropout: Number.NaN, a: Infinity, b: -Infinity, c: 'NaN' });
    expect(parseT5Config(config).dModel).toBe(128);
  });

  test('and is refused by name where it does', async () => {
    const json = await readFile('models/shapes/text_encoder/config.json', 'utf8');
    const source = folder({ 'config.json': json.replace('"layer_norm_epsilon": 1e-06', '"layer_norm_epsilon": NaN') });
    const config = await readConfig(source, 'config.json');
    expect(() => parseT5Config(config)).toThrow(UnsupportedModelError);
    expect(() => parseT5Config(config)).toThrow(/layer_norm_epsilon is NaN in config.json; supported: a number/);
  });

  test('so may an index of shards', async () => {
    const index = '{"metadata": {"total_size": Infinity, "loss": NaN}, "weight_map": {"a": "m.safetensors"}}';
    const source = folder({
      'model.safetensors.index.json': index,
      'm.safetensors': safetensors([f32('a', [1], [1])]),
    });
    expect([...(await openCheckpoint(source, '')).tensors.keys()]).toEqual(['a']);
  });

  test('and a tokenizer', async () => {
    const config = await readFile(`${TOKENIZER}/tokenizer_config.json`, 'utf8');
    const source = folder({
      'tokenizer.json': await readFile(`${TOKENIZER}/tokenizer.json`, 'utf8'),
      'tokenizer_config.json': config.replace(
        /"model_max_length": [^,]+/,
        '"model_max_length": Infinity, "score": NaN',
      ),
    });
    expect((await loadTokenizer(source, '')).modelMaxLength).toBe(Infinity);
  });

  test("but not a safetensors header, whose reader is Rust's", () => {
    const header = new TextEncoder().encode('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":NaN}}');
    expect(() => parseSafetensorsHeader('x', header, 4)).toThrow(WeightsError);
  });
});
