import type { Slot } from './declaration.ts';
import type { RunShape, SubLayer } from './run-shape.ts';
import { blockSites, type Site } from './site.ts';

/** A slot for each block's sub-layers as before their gates, named as their sites. @param types All, if not named. */
export function subLayerSlots(shape: RunShape, types: readonly SubLayer[] = shape.subLayers): Slot[] {
  return blockSites(shape).flatMap((block) =>
    types.map((type): Slot => {
      const site = `${block}.${type}` as Site;
      return { name: site, site, value: 'beforeGate' };
    }),
  );
}
