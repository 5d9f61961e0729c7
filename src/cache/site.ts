import type { RunShape, SubLayer } from './run-shape.ts';

/**
 * A named point of a model's forward, which runs them in this order:
 *
 * - `latents`: what it begins with; they are there before it runs;
 * - `embed`: latents become the stream of tokens;
 * - `block.3`: what a block adds to the stream; `blocks.1-11`: what several in a row add;
 * - `block.3.mlp`: what a sub-layer adds; `block.3.selfAttention.heads`: its attention's output by heads, before it is
 *   projected;
 * - `head`: the stream becomes a prediction; `velocity`: that prediction.
 */
export type Site =
  | 'latents'
  | 'embed'
  | `block.${number}`
  | `blocks.${number}-${number}`
  | `block.${number}.${SubLayer}`
  | 'head'
  | 'velocity';

/** A site, taken apart. */
export type ParsedSite =
  | { readonly kind: 'latents' | 'embed' | 'head' | 'velocity' }
  /** Blocks in a row; a block is a span of one. */
  | { readonly kind: 'span'; readonly first: number; readonly last: number }
  | { readonly kind: 'subLayer' | 'heads'; readonly block: number; readonly subLayer: SubLayer };

/** What several blocks in a row add: a block by its own name, where it is one. */
export function span(first: number, last: number): Site {
  return first === last ? `block.${first}` : `blocks.${first}-${last}`;
}

/** The blocks of a run, each by its name. */
export function blockSites({ blocks }: Pick<RunShape, 'blocks'>): Site[] {
  return Array.from({ length: blocks }, (_, i) => `block.${i}` as const);
}

/** Takes a site apart. @throws when it is none of the run's. */
export function parseSite(site: Site, { blocks, subLayers }: Pick<RunShape, 'blocks' | 'subLayers'>): ParsedSite {
  if (site === 'latents' || site === 'embed' || site === 'head' || site === 'velocity') return { kind: site };
  const [, first, last = first, subLayer, part] =
    /^blocks?\.(\d+)(?:-(\d+))?(?:\.(\w+))?(?:\.(heads))?$/.exec(site) ?? [];
  const [from, to] = [Number(first), Number(last)];
  const isKnown =
    from <= to && to < blocks && (subLayer === undefined || (from === to && subLayers.includes(subLayer)));
  if (!isKnown) throw new Error(`no site ${site}: ${blocks} blocks of ${subLayers.join(', ')}`);
  if (subLayer === undefined) return { kind: 'span', first: from, last: to };
  return { kind: part ? 'heads' : 'subLayer', block: from, subLayer };
}
