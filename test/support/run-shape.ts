import type { ForwardKey, RunShape } from '../../src/cache/run-shape.ts';

/** A run of a model like Wan, as policies see it. */
export function runShape(
  steps: number,
  keys: readonly ForwardKey[] = ['cond', 'uncond'],
  changes: Partial<RunShape> = {},
): RunShape {
  const sigmas = Array.from({ length: steps + 1 }, (_, i) => 1 - i / steps);
  return {
    steps,
    timesteps: sigmas.slice(0, -1).map((sigma) => 1000 * sigma),
    sigmas,
    guidanceScale: 4,
    keys,
    blocks: 4,
    subLayers: ['selfAttention', 'crossAttention', 'mlp'],
    latentSize: [2, 4, 6],
    grids: Object.fromEntries(keys.map((key) => [key, [2, 2, 3] as const])),
    seed: 0,
    ...changes,
  };
}

/** A sub-layer's digits of a branch, in a record. */
export function subLayerDigits(
  sites: readonly { readonly key: ForwardKey; readonly site: string; readonly digits: string }[],
  key: ForwardKey,
  subLayer: string,
): string | undefined {
  return sites.find((row) => row.key === key && row.site.endsWith(`.${subLayer}`))?.digits;
}
