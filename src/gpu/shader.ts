/** Values that a kernel's source is specialised with: flags for `#if`, `u32` constants, type aliases. */
export type Defines = Readonly<Record<string, boolean | number | string>>;

type Library = Readonly<Record<string, string>>;

/**
 * Specialises a kernel. `override` constants cannot change types, bindings or the size of a thread's arrays, and
 * software drivers do not unroll loops, so a kernel may use, each on a line of its own:
 *
 *     #if NAME   #if !NAME   #else   #endif      the lines between, or not
 *     #for i NAME   #endfor                      the lines between, NAME times, $i replaced by 0, 1, ... (one letter)
 *     #include "name"
 *
 * A number in `defines` becomes `const NAME: u32`, a string `alias NAME`, and `F16: true` enables `f16`.
 *
 * @param library Sources that `#include` may name.
 * @throws when a directive is unknown, unbalanced, or names something undefined.
 */
export function specialise(source: string, defines: Defines, library: Library = {}): string {
  const prologue = defines.F16 === true ? ['enable f16;'] : [];
  for (const [name, value] of Object.entries(defines)) {
    if (typeof value === 'number') prologue.push(`const ${name}: u32 = ${value}u;`);
    if (typeof value === 'string') prologue.push(`alias ${name} = ${value};`);
  }
  const expander = new Expander(source.split('\n'), defines, library);
  return [...prologue, ...expander.run()].join('\n');
}

/** Expands directives by recursive descent over lines. */
class Expander {
  #next = 0;

  constructor(
    private readonly lines: readonly string[],
    private readonly defines: Defines,
    private readonly library: Library,
  ) {}

  run(): string[] {
    const out = this.#block([]);
    if (this.#next < this.lines.length)
      throw new Error(`line ${this.#next + 1}: ${this.lines[this.#next]} has no start`);
    return out;
  }

  /** Lines up to one of the directives in `ends` (left for the caller), or to the end if there are none. */
  #block(ends: readonly string[]): string[] {
    const out: string[] = [];
    for (; this.#next < this.lines.length; this.#next++) {
      const line = this.lines[this.#next] as string;
      const [, directive, argument = ''] = /^\s*#(\w+)\s*(.*?)\s*$/.exec(line) ?? [];
      if (directive === undefined) out.push(line);
      else if (ends.includes(directive)) return out;
      else if (directive === 'if') out.push(...this.#if(argument));
      else if (directive === 'for') out.push(...this.#for(argument));
      else if (directive === 'include') out.push(...this.#include(argument));
      else if (!['else', 'endif', 'endfor'].includes(directive)) throw new Error(`unknown directive #${directive}`);
      else if (ends.length > 0)
        throw new Error(`line ${this.#next + 1}: #${directive}, but no #${ends.at(-1)} before it`);
      else return out;
    }
    if (ends.length > 0) throw new Error(`no #${ends.at(-1)}`);
    return out;
  }

  #if(argument: string): string[] {
    const wanted = argument.startsWith('!') ? !this.#value(argument.slice(1)) : Boolean(this.#value(argument));
    this.#next++;
    const then = this.#block(['else', 'endif']);
    if (!/^\s*#else/.test(this.lines[this.#next] as string)) return wanted ? then : [];
    this.#next++;
    const otherwise = this.#block(['endif']);
    return wanted ? then : otherwise;
  }

  #for(argument: string): string[] {
    const [variable = '', name = ''] = argument.split(/\s+/);
    const count = Number(/^\d+$/.test(name) ? name : this.#value(name));
    this.#next++;
    const body = this.#block(['endfor']);
    return Array.from({ length: count }, (_, i) =>
      body.map((line) => line.replaceAll(`$${variable}`, String(i))),
    ).flat();
  }

  #include(argument: string): string[] {
    const included = this.library[argument.replaceAll('"', '')];
    if (included === undefined) throw new Error(`#include ${argument}: no such source`);
    return new Expander(included.split('\n'), this.defines, this.library).run();
  }

  #value(name: string): boolean | number | string {
    const value = this.defines[name];
    if (value === undefined) throw new Error(`${name} is not defined`);
    return value;
  }
}
