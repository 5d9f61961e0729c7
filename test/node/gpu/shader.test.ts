import { expect, test } from 'vitest';
import { specialise } from '../../../src/gpu/shader.ts';

const lines = (source: string, defines = {}, library = {}) =>
  specialise(source, defines, library)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

test('numbers become constants, strings aliases, and F16 enables the feature first', () => {
  const source = specialise('body', { F16: true, TILE: 4, E: 'vec4f', FLAG: false });
  expect(source).toBe('enable f16;\nconst TILE: u32 = 4u;\nalias E = vec4f;\nbody');
});

test.each([
  [{ A: true, B: true }, ['a', 'ab', 'end']],
  [{ A: true, B: false }, ['a', 'a not b', 'end']],
  [{ A: false, B: true }, ['not a', 'end']],
  [{ A: 0, B: 0 }, ['const A: u32 = 0u;', 'const B: u32 = 0u;', 'not a', 'end']],
])('branches nest: %o', (defines, want) => {
  const source = '#if A\na\n#if B\nab\n#else\na not b\n#endif\n#else\nnot a\n#endif\nend';
  expect(lines(source, defines)).toEqual(want);
});

test('a negated condition', () => {
  expect(lines('#if !A\nno a\n#endif', { A: false })).toEqual(['no a']);
});

test('loops unroll, also nested, by a constant or a literal', () => {
  const source = '#for i N\n#for j 2\nlet x$i_$j = $i + $j;\n#endfor\n#endfor';
  expect(lines(source, { N: 2 }).slice(1)).toEqual([
    'let x0_0 = 0 + 0;',
    'let x0_1 = 0 + 1;',
    'let x1_0 = 1 + 0;',
    'let x1_1 = 1 + 1;',
  ]);
});

test('includes are expanded with the same defines', () => {
  expect(lines('#include "one"', { A: true }, { one: '#if A\ninner\n#endif' })).toEqual(['inner']);
});

test.each([
  ['#if A', /no #endif/],
  ['#for i 2\nx', /no #endfor/],
  ['x\n#endif', /line 2: #endif has no start/],
  ['#endfor', /no start/],
  ['#else', /no start/],
  ['#if B\n#endif', /B is not defined/],
  ['#for i B\n#endfor', /B is not defined/],
  ['#include "two"', /"two": no such source/],
  ['#define X', /unknown directive #define/],
  ['#if A\n#for i 1\n#endif\n#endfor', /no #endfor/],
])('%s is refused', (source, message) => {
  expect(() => specialise(source, { A: true })).toThrow(message);
});
