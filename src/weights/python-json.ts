/**
 * JSON as Python's `json` writes and reads it: also `NaN`, `Infinity` and `-Infinity`, which JSON has no numbers for.
 *
 * @module
 */

/** A string's quote, or one of the three names. */
const TOKEN = /"|-?Infinity|NaN/g;

/**
 * What `json.loads` of Python makes of a text, and `JSON.parse` of all texts that have none of the three names.
 *
 * @throws {SyntaxError} as `JSON.parse`.
 */
export function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // No file can have it in a string, however that is spelt.
    const mark = `NaN ${Math.random()}`;
    const json = withoutNames(text, mark);
    if (json === undefined) throw error;
    return JSON.parse(json, (_, value: unknown) => (isMark(value, mark) ? Number.NaN : value));
  }
}

/**
 * The same with other spellings: a number too large for a double is read as infinite, and NaN becomes a list with a mark
 * in it, which no key can be. Spaces keep each a token of its own: `1NaN` stays an error. Undefined where there is none.
 */
function withoutNames(text: string, mark: string): string | undefined {
  const spellings: Readonly<Record<string, string>> = {
    NaN: ` ["${mark}"] `,
    Infinity: ' 1e999 ',
    '-Infinity': ' -1e999 ',
  };
  const parts: string[] = [];
  let from = 0;
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found; found = TOKEN.exec(text)) {
    const [token] = found;
    if (token === '"') {
      TOKEN.lastIndex = stringEnd(text, found.index);
      continue;
    }
    parts.push(text.slice(from, found.index), spellings[token] as string);
    from = TOKEN.lastIndex;
  }
  return parts.length === 0 ? undefined : parts.join('') + text.slice(from);
}

function isMark(value: unknown, mark: string): boolean {
  return Array.isArray(value) && value.length === 1 && value[0] === mark;
}

/** The offset behind the closing quote of the string that opens at `start`, or behind all the text if it has none. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
