import type { ScaleShift } from './action.ts';
import { invalidArtifact } from './artifact.ts';
import type { Calibration } from './calibration.ts';
import type { Slot } from './declaration.ts';
import { packLines, unpackLines } from './packed-lines.ts';
import { type Branch, branchOf, type RunIdentity, type RunShape } from './run-shape.ts';
import { blockSites } from './site.ts';

/** The policy that it is for. */
export const BLOCKCACHE = 'blockcache';

/** What calibration found out about a model, for one sampler and count of steps. */
export interface BlockCacheArtifact extends RunIdentity {
  readonly policy: typeof BLOCKCACHE;
  /** The largest distance in steps over which lines were fitted: nothing is reused for longer. */
  readonly kMax: number;
  readonly prompts: readonly string[];
  readonly branches: readonly Branch[];
  /**
   * `[block][s]`: `sum |C_s - C_(s+1)| / sum |C_(s+1)|`, C being what the block adds to the stream; null where it could not
   * be measured.
   */
  readonly changes: readonly (readonly (number | null)[])[];
  /** By block, lines from C_s to C_(s+k) as `packLines` has them: for k from 1 to kMax all s from 0 on. */
  readonly lines: readonly string[];
}

/** Significant digits of changes: far more than they agree in between prompts. */
const DIGITS = 5;

/** A slot for what each block adds. */
export function blockSlots(shape: RunShape): Slot[] {
  return blockSites(shape).map((site) => ({ name: site, site, value: 'residual' }));
}

/** Pairs of a distance and an earlier step, in the order of lines. */
function pairs(steps: number, kMax: number): { readonly k: number; readonly step: number }[] {
  return Array.from({ length: kMax }, (_, i) =>
    Array.from({ length: Math.max(0, steps - i - 1) }, (_, step) => ({ k: i + 1, step })),
  ).flat();
}

/** Block Caching's calibration: how much blocks change from step to step, and lines by which old values come to new ones. */
export const blockCacheCalibration: Calibration = {
  request: (run, distances) => ({
    slots: blockSlots(run),
    metric: { kind: 'relativeL1', denominator: 'newer' },
    fits: true,
    distances: Math.min(distances, run.steps - 1),
  }),

  artifact(scores, { shape, model, sampler, steps, prompts, distances: kMax }) {
    const slots = blockSlots(shape);
    const rounded = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : null);
    const changes = slots.map(({ name }) =>
      Array.from({ length: steps - 1 }, (_, step) => rounded(scores.of(name, 1, step))),
    );
    const lines = slots.map(({ name }) => {
      const found = pairs(steps, kMax).map(({ k, step }) => scores.line(name, k, step));
      return packLines(found.filter((line) => line !== undefined));
    });
    const branches = shape.keys.map(branchOf);
    const artifact = { policy: BLOCKCACHE, model, sampler, steps, kMax, branches, prompts, changes, lines };
    return { ...parseBlockCacheArtifact(artifact) };
  },
};

/** By block, the line from a step to one so many later. */
export type Lines = (block: number, distance: number, step: number) => ScaleShift | undefined;

/** An artifact's lines. @throws {OptionError} where they are none of its steps. */
export function linesOf({ lines, steps, kMax }: BlockCacheArtifact): Lines {
  const order = new Map(pairs(steps, kMax).map(({ k, step }, i) => [`${k} ${step}`, i]));
  const unpacked = lines.map((text, block) => {
    const found = unpackLines(text, order.size);
    if (!found) throw invalidArtifact(BLOCKCACHE, `lines[${block}]`, `${text.length} characters`, 'lines of its steps');
    return found;
  });
  return (block, distance, step) => unpacked[block]?.[order.get(`${distance} ${step}`) ?? -1];
}

/** Checks an artifact's fields. @throws {OptionError} naming the one that is wrong. */
export function parseBlockCacheArtifact(json: Readonly<Record<string, unknown>>): BlockCacheArtifact {
  const { policy, model, sampler, steps, kMax, changes, lines } = json;
  if (policy !== BLOCKCACHE) throw invalidArtifact(BLOCKCACHE, 'policy', policy, BLOCKCACHE);
  for (const [name, value] of Object.entries({ model, sampler })) {
    if (typeof value !== 'string') throw invalidArtifact(BLOCKCACHE, name, value, 'a text');
  }
  for (const [name, value] of Object.entries({ steps, kMax })) {
    if (!Number.isInteger(value) || Number(value) < 1) throw invalidArtifact(BLOCKCACHE, name, value, 'a count');
  }
  const rows = Array.isArray(changes) ? changes : [];
  const isWhole = rows.length > 0 && rows.every((row) => Array.isArray(row) && row.length === Number(steps) - 1);
  if (!isWhole) throw invalidArtifact(BLOCKCACHE, 'changes', changes, `${Number(steps) - 1} changes of each block`);
  const isText =
    Array.isArray(lines) && lines.length === rows.length && lines.every((text) => typeof text === 'string');
  if (!isText) throw invalidArtifact(BLOCKCACHE, 'lines', lines, `a text for each of ${rows.length} blocks`);
  return json as unknown as BlockCacheArtifact;
}
