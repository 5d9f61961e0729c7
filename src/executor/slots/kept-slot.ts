import type { Slot } from '../../cache/declaration.ts';
import type { ParsedSite } from '../../cache/site.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import type { ForwardSites } from '../../models/forward-sites.ts';
import type { OpContext } from '../../ops/context.ts';
import type { Places } from '../hows/how.ts';

/** What a slot is recorded for. */
export interface SlotContext {
  readonly ops: OpContext;
  readonly slot: Slot;
  readonly site: ParsedSite;
  /** The forward that it keeps something of. */
  readonly forward: ForwardSites;
  /** The forward of the branch that the slot is relative to. */
  readonly base?: ForwardSites;
  /** Of a slot that both branches share: the places of the branch that comes first. */
  readonly shared?: readonly Tensor[];
}

/** How a slot is filled and restored: names of sections, recorded. */
export interface KeptSlot extends Places {
  /** Which tokens are computed anew, [most] u32, and by their number what does so and adds all; where some ever are. */
  readonly some?: { readonly list: Tensor; readonly sections: ReadonlyMap<number, readonly string[]> };
  /** Which heads are computed, [heads] u32; for a slot that keeps heads. */
  readonly mask?: Tensor;
  /** By place, the sections before and after what is kept; or those that run it, in the place of the site's own. */
  readonly keep: readonly (
    | { readonly before: readonly string[]; readonly after: readonly string[] }
    | { readonly instead: readonly string[] }
  )[];
  /** What restores it; empty where that needs the site to run. */
  readonly restore: readonly string[];
  /** By place, what restores it and keeps there what it came to; absent where that is never kept. */
  readonly keepRestored?: readonly (readonly string[])[];
  /** What the host writes once, before the first forward. */
  readonly constants?: ReadonlyMap<Tensor, Float32Array<ArrayBuffer>>;
}

/** The tensors of a slot, weights where there are several, and what else rides on its restoring. */
export function places({ ops, slot, shared }: SlotContext, shape: readonly number[]): Places {
  if (shared) return { tensors: shared };
  const { recorder } = ops;
  const { name, depth = 1, precision = 'f32', scaleShift = false } = slot;
  const tensors = Array.from({ length: depth }, (_, i) => recorder.persistent(`${name}.${i}`, shape, precision));
  return {
    tensors,
    ...(depth > 1 && { weights: recorder.persistent(`${name}.weights`, [depth]) }),
    ...(scaleShift && { scaleShift: recorder.persistent(`${name}.scaleShift`, [2, shape[1] ?? 0]) }),
  };
}
