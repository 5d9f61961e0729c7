/**
 * HTML's character references, decoded as Python's `html.unescape` does it: by HTML's rules for text, but numbers that
 * stand for no character vanish.
 *
 * @module
 */

import { ENTITIES } from './entities.ts';
import { SYMBOLS } from './entities-symbols.ts';
import { windows1252 } from './windows-1252.ts';

/** The characters of each name; names that are also read without their semicolon are here both ways. */
export const NAMED: ReadonlyMap<string, string> = parseEntities();

/** No name is longer than 31 letters and digits. */
const REFERENCE = /&(?:#(\d+);?|#[xX]([\da-fA-F]+);?|([\da-zA-Z]{1,31};?))/g;

/** Decodes all character references once: `&amp;lt;` becomes `&lt;`. */
export function unescapeHtml(text: string): string {
  return text.replace(REFERENCE, (_, decimal?: string, hexadecimal?: string, name?: string) =>
    name === undefined ? numbered(Number(decimal ?? `0x${hexadecimal}`)) : named(name),
  );
}

/** The characters of a name, or of the longest that it begins with: `&notit;` is `¬it;`. */
function named(name: string): string {
  for (let length = name.length; length > 1; length--) {
    const characters = NAMED.get(name.slice(0, length));
    if (characters !== undefined) return characters + name.slice(length);
  }
  return `&${name}`;
}

function numbered(number: number): string {
  if (number === 0 || number > 0x10ffff || (number >= 0xd800 && number <= 0xdfff)) return '\ufffd';
  return isCharacter(number) ? String.fromCodePoint(windows1252(number)) : '';
}

/** Whether HTML takes a number for a character: control characters and Unicode's noncharacters are none. */
function isCharacter(number: number): boolean {
  if (number < 0x20) return number === 0x9 || number === 0xa || number === 0xc || number === 0xd;
  return number !== 0x7f && !(number >= 0xfdd0 && number <= 0xfdef) && (number & 0xfffe) !== 0xfffe;
}

function parseEntities(): Map<string, string> {
  const named = new Map<string, string>();
  for (const table of [ENTITIES, SYMBOLS]) {
    let codePoint = 0;
    for (const group of table.split(/[;\n]/)) {
      const [step = ''] = /^\d*/.exec(group) ?? [];
      codePoint += Number(step || 1);
      for (const entry of group.slice(step.length).split(',')) {
        const [spelled = '', second] = entry.split('+');
        const name = spelled.replace('!', '');
        const characters = String.fromCodePoint(codePoint, ...(second ? [Number.parseInt(second, 16)] : []));
        named.set(`${name};`, characters);
        if (name !== spelled) named.set(name, characters);
      }
    }
  }
  return named;
}
