import { type Action, forward, keep, run } from './action.ts';
import type { Declaration, Slot } from './declaration.ts';
import type { RunShape } from './run-shape.ts';
import { blockSites, parseSite, type Site } from './site.ts';

/** Blocks in a row, and what runs them. */
interface Piece {
  readonly first: number;
  readonly last: number;
  readonly actions: readonly Action[];
}

/**
 * What a forward does that must compute everything: each of the policy's slots that keeps something for later is filled,
 * so that whatever the next step reuses is there, and of this step. Slots of measurements are theirs to fill.
 *
 * @throws when slots of blocks overlap without one holding the other.
 */
export function computeAll({ slots, measurements = [] }: Declaration, shape: RunShape): Action[] {
  const measured = new Set(measurements.flatMap((measurement) => measurement.slots));
  const kept = slots.filter(({ name }) => !measured.has(name));
  let pieces = blockSites(shape).map((site, i): Piece => ({ first: i, last: i, actions: block(site, i, kept, shape) }));
  const spans = kept
    .flatMap((slot) => {
      const site = parseSite(slot.site, shape);
      return site.kind === 'span' ? [{ slot, ...site }] : [];
    })
    // Narrow ones first: wider ones hold them.
    .sort((a, b) => a.last - a.first - (b.last - b.first));
  for (const { slot, first, last } of spans) {
    const inside = pieces.filter((piece) => piece.first >= first && piece.last <= last);
    const blocks = inside.reduce((sum, piece) => sum + piece.last - piece.first + 1, 0);
    if (blocks !== last - first + 1) throw new Error(`slot ${slot.name} overlaps another without holding it`);
    const piece = { first, last, actions: [keep(slot.name, ...inside.flatMap(({ actions }) => actions))] };
    pieces = [...pieces.filter((other) => other.last < first), piece, ...pieces.filter((other) => other.first > last)];
  }
  const [embed, ...others] = forward(...pieces.flatMap(({ actions }) => actions));
  const head = others.pop() as Action;
  const velocity = kept.filter(({ site }) => site === 'velocity');
  return [embed as Action, ...others, velocity.reduce((inner, { name }) => keep(name, inner), head)];
}

/** A block: whole, or by sub-layers where one of them is kept. */
function block(site: Site, index: number, kept: readonly Slot[], shape: RunShape): readonly Action[] {
  const bySubLayer = kept.flatMap((slot) => {
    const parsed = parseSite(slot.site, shape);
    return 'subLayer' in parsed && parsed.block === index ? [{ name: slot.name, subLayer: parsed.subLayer }] : [];
  });
  if (bySubLayer.length === 0) return [run(site)];
  return shape.subLayers.map((type) => {
    const slots = bySubLayer.filter(({ subLayer }) => subLayer === type);
    return slots.reduce<Action>((inner, { name }) => keep(name, inner), run(`${site}.${type}` as Site));
  });
}
