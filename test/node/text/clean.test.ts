import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { cleanPrompt, fixAndCleanPrompt } from '../../../src/text/clean.ts';
import { fixText } from '../../../src/text/fix-text.ts';
import { SPACE } from '../../../src/text/python-classes.ts';
import { unescapeHtml } from '../../../src/text/unescape.ts';

interface Recorded {
  readonly meta: { readonly whiteSpace: readonly number[] };
  /** A text, then what each function of Python makes of it; 0 for the text itself. */
  readonly rows: readonly (readonly [string, ...(string | 0)[]])[];
}

const path = process.env.PROMPTS ?? new URL('../../fixtures/prompts/prompts.json', import.meta.url);
const { meta, rows }: Recorded = JSON.parse(readFileSync(path, 'utf8'));

describe.each([
  ['ftfy.fix_text', fixText, 1],
  ['prompt_clean with ftfy', fixAndCleanPrompt, 2],
  ['html.unescape', unescapeHtml, 3],
  ['prompt_clean without ftfy', cleanPrompt, 4],
] as const)('%s in Python', (_, clean, column) => {
  it(`gives the same for ${rows.length} texts`, { timeout: 300_000 }, () => {
    expect(rows.length).toBeGreaterThanOrEqual(2000);
    const wrong = rows
      .map((row) => ({ text: row[0], right: row[column] === 0 ? row[0] : row[column], actual: clean(row[0]) }))
      .filter(({ right, actual }) => right !== actual);
    expect(wrong.slice(0, 10)).toEqual([]);
  });
});

test("white space is Python's", () => {
  const space = new RegExp(`^${SPACE}$`, 'u');
  const codes = Array.from({ length: 0x110000 }, (_, code) => code);
  expect(codes.filter((code) => space.test(String.fromCodePoint(code)))).toEqual(meta.whiteSpace);
});

// Values are those of Python's html.unescape, as are all without ftfy.
test.each([
  ['it&#146;s raining', 'it’s raining'],
  ['a red&#150;blue sky&#133;', 'a red–blue sky…'],
  ['&#147;quoted&#148;', '“quoted”'],
  ['a&#1;b', 'ab'],
  ['caf&eacute; M&uuml;nchen &Eacute;cole', 'café München École'],
  ['&euro;5 &copy; 2024', '€5 © 2024'],
  ['10&deg C, salt &amp pepper', '10° C, salt & pepper'],
  ['caf&amp;eacute; &#38;#38; &amp;amp;lt;', 'café & &lt;'],
  ['&unknown; &toString; R&D &notit;', '&unknown; &toString; R&D ¬it;'],
  ['&#0; &#xD800; &#1114112; &#128049;', '\ufffd \ufffd \ufffd 🐱'],
  ['a\u3000b\x1cc\u200bd\u00a0', 'a b c\u200bd'],
  ['\ufeffa', '\ufeffa'],
  ['', ''],
])('without ftfy, %j becomes %j', (prompt, cleaned) => {
  expect(cleanPrompt(prompt)).toBe(cleaned);
});

// Values are those of ftfy 6.3.1.
test.each([
  ['â€œa catâ€\u009d isnâ€™t “here”', '"a cat" isn\'t "here"'],
  ['L&#39;Ã©tÃ© Ã  la plage', "L'été à la plage"],
  ['ＬＯＵＤ　ﬁne \x1b[31mred\x1b[0m', 'LOUD fine red'],
  ['a &lt;b&gt;\n<i> &amp;eacute;', 'a <b> <i> é'],
])('with ftfy, %j becomes %j', (prompt, cleaned) => {
  expect(fixAndCleanPrompt(prompt)).toBe(cleaned);
});

test('a line is fixed in parts of a million characters, as in ftfy', () => {
  const long = `🐱${'a'.repeat(999_997)}`;
  expect(fixText(`${long}Ã©`)).toBe(`${long}é`);
  expect(fixText(`${long}aÃ©`)).toBe(`${long}aÃ©`);
});
