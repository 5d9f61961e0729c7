import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { UnsupportedModelError, WeightsError } from '../../../src/errors.ts';
import { openCheckpoint } from '../../../src/weights/checkpoint.ts';
import { decode } from '../../../src/weights/formats.ts';
import { sourceFromFiles, sourceFromUrl } from '../../../src/weights/source.ts';
import { WeightSet } from '../../../src/weights/weight-set.ts';
import { ggufFile } from '../../support/gguf.ts';
import fc from '../../support/property.ts';
import { serve, type TestServer } from './support.ts';

const fixture = new Uint8Array(readFileSync('test/fixtures/formats/blocks.gguf'));
const opened = (bytes: Uint8Array<ArrayBuffer>, name = 'model.gguf') =>
  openCheckpoint(sourceFromFiles([new File([bytes], name)]), '');
const blocks = await opened(fixture, 'wan-Q4_K_M.gguf');
const reference = await opened(
  new Uint8Array(readFileSync('test/fixtures/formats/blocks.safetensors')),
  'model.safetensors',
);

type Opened = typeof blocks;
async function values(checkpoint: Opened): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>();
  await checkpoint.stream(
    () => true,
    (info, bytes) => void found.set(info.name, decode(bytes, info)),
  );
  return found;
}

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe('GGUF', () => {
  test('every type that is read is what gguf-py makes of it, to the bit', async () => {
    const [ours, theirs] = [await values(blocks), await values(reference)];
    expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort());
    expect(theirs.size).toBe(14);
    for (const [name, expected] of theirs) {
      expect(ours.get(name)?.length, name).toBe(expected.length);
      const differ = expected.findIndex((value, i) => !Object.is(value, ours.get(name)?.[i]));
      expect(differ, `${name}[${differ}]: ${ours.get(name)?.[differ]} for ${expected[differ]}`).toBe(-1);
      expect(new Set(expected).size, name).toBeGreaterThan(10);
    }
  });

  test('shapes are as everywhere else: of rows, of five axes, and as they were before they were stored', () => {
    const shape = (name: string) => blocks.tensors.get(name)?.shape;
    expect(shape('Q4_K')).toEqual([4, 256]);
    expect(shape('five.axes')).toEqual([3, 2, 2, 2, 2]);
    expect(shape('reshaped')).toEqual([2, 2, 1, 64]);
    for (const [name, { shape }] of reference.tensors)
      if (name !== 'reshaped') expect(blocks.tensors.get(name)?.shape).toEqual(shape);
  });

  test.each(['Q8_0', 'Q5_1', 'Q3_K', 'Q6_K', 'BF16'])('rows of %s are read by themselves', async (name) => {
    const width = reference.tensors.get(name)?.shape[1] as number;
    const all = (await values(reference)).get(name) as Float32Array;
    const rows = await blocks.readRows(name, [1, 0, 1]);
    expect([...rows]).toEqual([1, 0, 1].flatMap((row) => [...all.subarray(row * width, (row + 1) * width)]));
  });

  test('blocks become f16 on the GPU, or f32 where that is asked for', () => {
    for (const [precision, dtype] of [
      ['stored', 'f16'],
      ['f32', 'f32'],
    ] as const) {
      const weights = new WeightSet(blocks, precision);
      weights.arranged('Q6_K', [4, 256], [4, 256], (rows) => rows);
      weights.check();
      expect(weights.tensors.map((tensor) => tensor.dtype)).toEqual([dtype]);
    }
  });

  test('version 2 is the same, and other versions are refused with what to do', async () => {
    const version = (number: number) => {
      const bytes = new Uint8Array(fixture);
      new DataView(bytes.buffer).setUint32(4, number, true);
      return opened(bytes);
    };
    expect((await version(2)).tensors).toEqual(
      new Map([...blocks.tensors].map(([name, info]) => [name, { ...info, file: 'model.gguf' }])),
    );
    await expect(version(1)).rejects.toThrow(/GGUF version 1; versions 2 and 3 are read.*Convert/);
    await expect(version(0x03000000)).rejects.toThrow(/big-endian/);
  });
});

describe('a header of GGUF', () => {
  const tensor = { name: 'a.weight', axes: [32, 2], type: 8, bytes: new Uint8Array(68) };
  const vocabulary = Array.from({ length: 40000 }, (_, i) => `a piece of a vocabulary ${i}`);

  test.each([true, false])('is read from a server in pieces, however long, with ranges: %s', async (ranges) => {
    const file = ggufFile([tensor], { 'general.architecture': 't5encoder', 'tokenizer.ggml.tokens': vocabulary });
    const large = new Uint8Array(file.length + 2 ** 24);
    large.set(file);
    server = await serve({ 'model.gguf': large }, { ignoreRange: !ranges });
    const { tensors } = await openCheckpoint(sourceFromUrl(server.url), '');
    expect([...tensors.keys()]).toEqual(['a.weight']);
    const pieces = server.requests.filter(({ path }) => path === 'model.gguf');
    expect(pieces.length).toBeGreaterThan(2);
  });

  test.each<[string, Uint8Array<ArrayBuffer>, RegExp]>([
    [
      'blocks that a row cuts',
      ggufFile([{ ...tensor, axes: [34, 2] }]),
      /"a\.weight": rows of 34 numbers are no whole blocks of Q8_0, which are 32/,
    ],
    ['a type nobody knows', ggufFile([{ ...tensor, type: 99 }]), /"a\.weight" is of type 99/],
    ['tensors over each other', ggufFile([tensor, { ...tensor, name: 'b', offset: 32 }]), /"b" overlaps "a\.weight"/],
    ['a tensor twice', ggufFile([tensor, tensor]), /"a\.weight" twice/],
    ['data between the steps', ggufFile([{ ...tensor, offset: 5 }]), /data byte 5, not a multiple of 32/],
    ['an alignment of nothing', ggufFile([tensor], { 'general.alignment': 0 }), /general\.alignment 0/],
    ['parts', ggufFile([tensor], { 'split.count': 3 }), /one of 3 parts/],
    ['data cut off', ggufFile([tensor]).slice(0, -1), /truncated: its tensors end at byte \d+, but it has \d+/],
    ['a header cut off', ggufFile([tensor]).slice(0, 60), /ends within its header, at byte 60/],
  ])('with %s is refused with file, tensor and numbers', async (_, bytes, message) => {
    await expect(opened(bytes)).rejects.toThrow(WeightsError);
    await expect(opened(bytes)).rejects.toThrow(message);
    await expect(opened(bytes)).rejects.toThrow(/model\.gguf/);
  });

  test('with a type that is not read opens, and is refused by whoever wants that tensor', async () => {
    const checkpoint = await opened(
      ggufFile([
        { ...tensor, type: 20, bytes: new Uint8Array(36) },
        { ...tensor, name: 'b' },
      ]),
    );
    const weights = new WeightSet(checkpoint, 'stored');
    weights.expect('b', [2, 32]);
    weights.check();
    weights.expect('a.weight', [2, 32]);
    expect(() => weights.check()).toThrow(UnsupportedModelError);
    expect(() => weights.check()).toThrow(/a\.weight in model\.gguf is IQ4_NL/);
  });

  test('of any bytes is read or refused by name, soon', async () => {
    const whole = ggufFile([tensor], { 'general.architecture': 'wan', list: ['a', 'b'] });
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(damage, async (edits) => {
        const bytes = new Uint8Array(whole);
        for (const [at, value] of edits) bytes[at] = value;
        bytes.set(new TextEncoder().encode('GGUF'));
        await opened(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(WeightsError));
      }),
    );
  });
});

test('a file of PyTorch is refused with what to do', async () => {
  for (const start of ['PK\u0003\u0004', '\u0080\u0002}']) {
    const bytes = Uint8Array.from([...start].map((char) => char.charCodeAt(0)).concat(Array(60).fill(7)));
    await expect(opened(bytes, 'model.safetensors')).rejects.toThrow(
      /model\.safetensors is a file of PyTorch.*\n?.*save_file/,
    );
  }
});
