import type { ForwardKey, RunShape, SubLayer } from './run-shape.ts';
import { type Site, span } from './site.ts';

/**
 * What became of a sub-layer in a step: `1` computed, `0` reused as it was kept, `f` forecast from several kept values, or
 * scaled and shifted, `b` rebuilt from the other branch, `h` computed in some heads, `t` for some tokens, `-` left out.
 */
export type SiteDigit = '1' | '0' | 'f' | 'b' | 'h' | 't' | '-';

/** What became of blocks, or of one of their sub-layers, in the steps of a forward. */
export interface SiteSchedule {
  /** The forward: `cond`, `uncond`, or of a chunk `cond.2`. */
  readonly key: ForwardKey;
  /** `block.3`, `blocks.0-11`, or of one sub-layer `blocks.0-11.mlp`: what always went the same way is one row. */
  readonly site: string;
  /** A `SiteDigit` a step. */
  readonly digits: string;
}

/** Writes down what each block's sub-layers came to, forward by forward. */
export class SiteRecord {
  readonly #keys = new Map<ForwardKey, string[]>();

  constructor(private readonly run: Pick<RunShape, 'blocks' | 'subLayers'>) {}

  /** A forward, in order. @param digits By block and, within it, sub-layer. */
  note(key: ForwardKey, digits: readonly SiteDigit[]): void {
    const rows = this.#keys.get(key) ?? digits.map(() => '');
    this.#keys.set(
      key,
      rows.map((row, i) => row + digits[i]),
    );
  }

  /** All of it, in as few rows as say it. */
  get schedules(): SiteSchedule[] {
    return [...this.#keys].flatMap(([key, rows]) => this.#rows(rows).map((row) => ({ key, ...row })));
  }

  #rows(rows: readonly string[]): Omit<SiteSchedule, 'key'>[] {
    const { blocks, subLayers } = this.run;
    const of = (block: number, place: number) => rows[block * subLayers.length + place] as string;
    const isWhole = (block: number) => subLayers.every((_, place) => of(block, place) === of(block, 0));
    const isSame = (a: number, b: number) => subLayers.every((_, place) => of(a, place) === of(b, place));
    const found: Omit<SiteSchedule, 'key'>[] = [];
    for (let first = 0, last = 0; first < blocks; first = ++last) {
      while (last + 1 < blocks && isSame(first, last + 1)) last++;
      const site = span(first, last);
      if (isWhole(first)) found.push({ site, digits: of(first, 0) });
      else found.push(...subLayers.map((type, place) => ({ site: named(site, type), digits: of(first, place) })));
    }
    return found;
  }
}

function named(site: Site, subLayer: SubLayer): string {
  return `${site}.${subLayer}`;
}
