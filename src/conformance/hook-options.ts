import type { OptionValue } from '../cache/options.ts';

/** One of our policies, set as somebody else's hook was. */
export interface SamePolicy {
  readonly policy: string;
  readonly options: Readonly<Record<string, OptionValue>>;
  /** Whether the hook keeps blocks from running; one of sub-layers goes through all of them. */
  readonly skipsBlocks: boolean;
}

/** Options of a hook, as its recording has them. */
export type HookOptions = Readonly<Record<string, unknown>>;

/** By the recording's name of a method, our policy for its options, or why there is none. To add a method: a line. */
const HOOKS: Readonly<Record<string, (options: HookOptions) => SamePolicy | string>> = {
  // diffusers' `FirstBlockCacheConfig`.
  fbcache: ({ threshold }) => ({ policy: 'fbcache', options: { threshold: Number(threshold) }, skipsBlocks: true }),
  // diffusers' `PyramidAttentionBroadcastConfig` has one counter and one kept output for both branches: with guidance in
  // two forwards it hands one branch's attention to the other.
  pab: () => 'its hook keeps one state for both branches, which is not built',
  // diffusers' `TaylorSeerCacheConfig`.
  taylorseer({ cache_interval: interval, disable_cache_before_step: first, max_order: order }) {
    const counts = { interval: Number(interval), first: Number(first), order: Number(order) };
    return { policy: 'taylorseer', options: { ...counts, phase: 'diffusers' }, skipsBlocks: false };
  },
};

/** Our policy for a recorded hook, or why there is none. */
export function samePolicy(name: string, options: HookOptions): SamePolicy | string {
  const same = Object.hasOwn(HOOKS, name) ? HOOKS[name]?.(options) : undefined;
  return same ?? `no policy ${name} is built`;
}
