/**
 * What `JSON.parse` hides: a key given twice in one object, of which it keeps the last.
 *
 * @module
 */

/**
 * The first key that an object of `text` gives twice, or `undefined`.
 *
 * @param text JSON that `JSON.parse` accepts; a scan of brackets, strings and colons is enough then.
 */
export function duplicateKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = []; // the keys seen of each open object; undefined for an array
  let string = ''; // the last string, quotes included: a key if a colon follows
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = stringEnd(text, at);
      string = text.slice(at, end);
      at = end - 1;
    } else if (char === '{') open.push(new Set());
    else if (char === '[') open.push(undefined);
    else if (char === '}' || char === ']') open.pop();
    else if (char === ':') {
      const key = JSON.parse(string) as string; // "\u0061" and "a" are the same key
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}

/** The offset behind the closing quote of the string that opens at `start`. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
