import { describe, expect, it } from 'vitest';
import { WeightsError } from '../../../src/errors.ts';
import { parseHeaderLength, parseSafetensorsHeader } from '../../../src/weights/safetensors.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const parse = (header: unknown, dataBytes?: number) =>
  parseSafetensorsHeader(
    'a.safetensors',
    encode(typeof header === 'string' ? header : JSON.stringify(header)),
    dataBytes,
  );
const tensor = (begin: number, end: number, shape = [(end - begin) / 4], dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('parseSafetensorsHeader', () => {
  it('gives tensors in the order of their data, with absolute offsets', () => {
    const header = JSON.stringify({ __metadata__: { format: 'pt' }, b: tensor(8, 16), a: tensor(0, 8, [2, 1]) });
    const { tensors, metadata } = parse(`${header}   `, 16);
    const start = 8 + header.length + 3;
    expect([...tensors.values()]).toEqual([
      { name: 'a', dtype: 'F32', shape: [2, 1], file: 'a.safetensors', start, end: start + 8 },
      { name: 'b', dtype: 'F32', shape: [2], file: 'a.safetensors', start: start + 8, end: start + 16 },
    ]);
    expect(metadata).toEqual({ format: 'pt' });
  });

  it('takes scalars, tensors without elements, no tensors, and names that objects have', () => {
    expect(parse({ scalar: tensor(0, 2, [], 'F16'), none: tensor(2, 2, [3, 0]) }, 2).tensors.size).toBe(2);
    expect(parse({}, 0).tensors.size).toBe(0);
    const names = parse('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1).tensors;
    expect([...names.keys()]).toEqual(['__proto__']);
    expect([...parse({ full: tensor(0, 8), none: tensor(0, 0) }, 8).tensors.keys()]).toEqual(['none', 'full']);
    expect([...parse({ 'a\\":{"': tensor(0, 8) }, 8).tensors.keys()]).toEqual(['a\\":{"']);
  });

  it('takes what the reference takes: null for notes, space in front, a name twice, more fields', () => {
    expect(parse({ __metadata__: null, a: tensor(0, 8) }, 8).metadata).toEqual({});
    expect(parse(` \n${JSON.stringify({ a: tensor(0, 8) })}`, 8).tensors.size).toBe(1);
    const twice = `{"a":${JSON.stringify(tensor(4, 99, [1]))},"a":${JSON.stringify({ ...tensor(0, 8), note: [1.5] })}}`;
    expect(parse(twice, 8).tensors.get('a')?.shape).toEqual([2]);
  });

  it.each(['F8_E8M0', 'F8_E4M3FNUZ', 'F6_E2M3', 'C64', 'NVFP4', 'toString', ''])(
    'leaves a tensor in %s to who wants it',
    (dtype) => {
      const bytes = dtype.startsWith('F6') ? 3 : 8;
      const shape = [dtype.startsWith('F8') ? 8 : dtype.startsWith('F6') ? 4 : 1];
      const { tensors } = parse({ a: tensor(0, 8), scale: { dtype, shape, data_offsets: [8, 8 + bytes] } }, 8 + bytes);
      expect(tensors.get('scale')).toMatchObject({ dtype, shape });
    },
  );

  const big = 2 ** 52;
  it.each<[string, unknown, number | undefined, RegExp]>([
    ['no brace first', '[{}]', 0, /no object: of nested values/],
    ['no JSON', '{"a":', 0, /not JSON/],
    ['text behind the JSON', '{} x', 0, /not JSON/],
    [
      'a field twice',
      '{"a":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
      0,
      /"a": dtype is given twice/,
    ],
    ['notes twice', '{"__metadata__":{},"__metadata__":null}', 0, /__metadata__ twice/],
    ['metadata of numbers', { __metadata__: { a: 1 } }, 0, /__metadata__ whose "a"/],
    ['metadata as a list', { __metadata__: [] }, 0, /__metadata__ that is not an object/],
    ['an entry that is null', { a: null }, 0, /tensor "a": its entry/],
    ['a dtype that is no word', { a: { ...tensor(0, 4, [1]), dtype: 32 } }, 4, /tensor "a": dtype 32 is not the name/],
    ['half a byte', { a: tensor(0, 2, [3], 'F4') }, 2, /shape \[3\] in F4 .* a fraction of a byte/],
    ['a negative size', { a: tensor(0, 4, [-1]) }, 4, /shape \[-1\]/],
    ['a fraction as size', { a: tensor(0, 4, [0.5]) }, 4, /shape \[0.5\]/],
    [
      'a size beyond 2^53',
      '{"a":{"dtype":"U8","shape":[9007199254740993],"data_offsets":[0,4]}}',
      4,
      /takes 9007199254740992/,
    ],
    [
      'a size beyond 2^64',
      '{"a":{"dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,4]}}',
      4,
      /not a list of whole/,
    ],
    ['a number written as another', '{"a":{"dtype":"U8","shape":[4.0],"data_offsets":[0,4]}}', 4, /shape \[4\]/],
    ['no shape', { a: { dtype: 'F32', data_offsets: [0, 4] } }, 4, /shape undefined/],
    ['a product that overflows', { a: tensor(0, 4, [big, big]) }, 4, /more than 2\^64 - 1 bits/],
    ['an overflow times zero', { a: tensor(0, 0, [big, big, 0]) }, 0, /more than 2\^64 - 1 bits/],
    ['an end beyond 2^53', { a: tensor(0, 2 ** 53, [0]) }, 0, /0 to 9007199254740992 are beyond 2\^53 - 1/],
    ['three offsets', { a: { dtype: 'F32', shape: [1], data_offsets: [0, 4, 8] } }, 4, /data_offsets \[0,4,8\]/],
    ['a negative offset', { a: tensor(-4, 0, [1]) }, 4, /data_offsets \[-4,0\]/],
    ['offsets backwards', { a: tensor(4, 0, [1]) }, 4, /data_offsets 4 to 0 run backwards/],
    [
      'a mislabelled dtype',
      { a: tensor(0, 8, [4], 'F32') },
      8,
      /\[4\] in F32 takes 16 bytes, but data_offsets give it 8/,
    ],
    ['an overlap', { a: tensor(0, 8), b: tensor(4, 12) }, 12, /tensor "b" overlaps "a": .* data byte 4, .* at 8/],
    ['the same bytes twice', { a: tensor(0, 8), b: tensor(0, 8) }, 8, /tensor "b" overlaps "a"/],
    ['a gap', { a: tensor(0, 8), b: tensor(12, 16) }, 16, /tensor "b" leaves a gap behind "a"/],
    ['a gap in front', { a: tensor(4, 8) }, 8, /tensor "a" leaves a gap behind the header/],
    ['truncated data', { a: tensor(0, 8) }, 7, /truncated: its tensors take 8 bytes, but 7 follow/],
    ['bytes left over', { a: tensor(0, 8) }, 9, /too long: its tensors take 8 bytes, but 9 follow/],
  ])('refuses %s', (_, header, dataBytes, message) => {
    expect(() => parse(header, dataBytes)).toThrow(WeightsError);
    expect(() => parse(header, dataBytes)).toThrow(message);
    expect(() => parse(header, dataBytes)).toThrow('a.safetensors');
  });

  it('refuses bytes that are not UTF-8', () => {
    const header = new Uint8Array([...encode('{"'), 0xff, ...encode('":1}')]);
    expect(() => parseSafetensorsHeader('a.safetensors', header, 0)).toThrow(/not JSON in UTF-8/);
  });

  it('cuts a stranger’s long name in the message', () => {
    expect(() => parse({ ['x'.repeat(100_000)]: 1 })).toThrow(/^.{1,300}$/);
  });
});

describe('parseHeaderLength', () => {
  const prefix = (length: bigint) => new Uint8Array(new BigUint64Array([length]).buffer);

  it('reads 8 bytes, little-endian', () => {
    expect(parseHeaderLength('f', prefix(258n), 266)).toBe(258);
    expect(parseHeaderLength('f', prefix(100_000_000n), undefined)).toBe(100_000_000);
  });

  it.each<[string, Uint8Array, number | undefined, RegExp]>([
    ['a file of 7 bytes', new Uint8Array(7), 7, /7 bytes long/],
    ['an empty header', prefix(0n), 100, /header is empty/],
    ['a header over 100 MB', prefix(100_000_001n), undefined, /100000001 bytes; at most 100000000/],
    ['a length of 64 bits', prefix(2n ** 64n - 1n), undefined, /18446744073709551615 bytes/],
    ['a header longer than the file', prefix(93n), 100, /93 bytes, but the whole file has 100/],
  ])('refuses %s', (_, bytes, total, message) => {
    expect(() => parseHeaderLength('f', bytes, total)).toThrow(WeightsError);
    expect(() => parseHeaderLength('f', bytes, total)).toThrow(message);
  });
});
