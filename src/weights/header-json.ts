/**
 * JSON as safetensors' reference implementation reads it (Rust, serde_json), where `JSON.parse` hides what that tells
 * apart: integers from other numbers, keys given twice, text that is no Unicode, nesting without end.
 *
 * @module
 */

/** A value; whole numbers from 0 to 2^64 - 1, written without sign, point and exponent, are bigints. */
export type HeaderValue = null | boolean | number | bigint | string | readonly HeaderValue[] | HeaderObject;

/** An object: its entries as they are written, a key given twice included. */
export class HeaderObject {
  constructor(readonly entries: readonly (readonly [key: string, value: HeaderValue])[]) {}
}

/** serde_json reads no deeper; a stranger's file must not overflow the stack. */
const MAX_DEPTH = 127;

/** Integers that do not fit 64 bits become floating-point numbers. */
const MAX_INTEGER = 2n ** 64n - 1n;

/** @throws SyntaxError that says what is wrong and where. Nothing else, whatever the text. */
export function parseHeaderJson(text: string): HeaderValue {
  const reader = new Reader(text);
  const value = reader.value(MAX_DEPTH);
  reader.end();
  return value;
}

class Reader {
  #at = 0;

  constructor(private readonly text: string) {}

  value(depth: number): HeaderValue {
    switch (this.#peek()) {
      case '{':
        return new HeaderObject(this.#items('}', depth, (below) => this.#entry(below)));
      case '[':
        return this.#items(']', depth, (below) => this.value(below));
      case '"':
        return this.#string();
      default:
        return this.#wordOrNumber();
    }
  }

  end(): void {
    if (this.#peek() !== undefined) throw this.#wrong('characters behind the end');
  }

  /** What stands between brackets; `depth` may be opened yet, this one included. */
  #items<T>(close: string, depth: number, read: (depth: number) => T): T[] {
    if (depth === 0) throw this.#wrong(`more than ${MAX_DEPTH} brackets are open`);
    this.#at++;
    const items: T[] = [];
    if (this.#takes(close)) return items;
    do items.push(read(depth - 1));
    while (this.#takes(','));
    if (!this.#takes(close)) throw this.#wrong(`no , or ${close}`);
    return items;
  }

  #entry(depth: number): readonly [string, HeaderValue] {
    if (this.#peek() !== '"') throw this.#wrong('no key');
    const key = this.#string();
    if (!this.#takes(':')) throw this.#wrong('no colon behind a key');
    return [key, this.value(depth)];
  }

  #string(): string {
    const start = this.#at++;
    for (let char = this.text[this.#at]; char !== '"'; char = this.text[this.#at]) {
      if (char === undefined) throw this.#wrong('a string without an end');
      this.#at += char === '\\' ? 2 : 1;
    }
    const quoted = this.text.slice(start, ++this.#at);
    const string = JSON.parse(quoted) as string; // a SyntaxError for wrong escapes and for control characters
    if (/\p{Surrogate}/u.test(string)) throw this.#wrong('half of a surrogate pair');
    return string;
  }

  #wordOrNumber(): boolean | null | number | bigint {
    const word = this.#match(/true|false|null/y);
    if (word !== undefined) return word === 'null' ? null : word === 'true';
    const digits = this.#match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (digits === undefined) throw this.#wrong('no value');
    // BigInt takes seconds for a million digits.
    const integer = /^\d{1,20}$/.test(digits) ? BigInt(digits) : undefined;
    if (integer !== undefined && integer <= MAX_INTEGER) return integer;
    const value = Number(digits);
    if (!Number.isFinite(value)) throw this.#wrong('a number out of range');
    return value;
  }

  /** The next character that is no space, which stays; `undefined` at the end. */
  #peek(): string | undefined {
    this.#match(/[ \t\r\n]+/y);
    return this.text[this.#at];
  }

  #takes(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#at++;
    return true;
  }

  /** @param pattern Sticky. */
  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #wrong(what: string): SyntaxError {
    return new SyntaxError(`${what}, at character ${this.#at}`);
  }
}
