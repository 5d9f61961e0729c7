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
  // diffusers' `FasterCacheConfig`, whose hook gets both branches in one batch.
  fastercache(options) {
    const [attentionFrom, attentionTo] = range(options.spatial_attention_timestep_skip_range);
    const [uncondFrom, uncondTo] = range(options.unconditional_batch_timestep_skip_range);
    const [lowFrom, lowTo] = range(options.low_frequency_weight_update_timestep_range);
    const [highFrom, highTo] = range(options.high_frequency_weight_update_timestep_range);
    const counts = {
      attentionInterval: Number(options.spatial_attention_block_skip_range),
      uncondInterval: Number(options.unconditional_batch_skip_range),
      weight: Number(options.attention_weight),
      lowScale: Number(options.alpha_low_frequency),
      highScale: Number(options.alpha_high_frequency),
    };
    const ranges = { attentionFrom, attentionTo, uncondFrom, uncondTo, lowFrom, lowTo, highFrom, highTo };
    return { policy: 'fastercache', options: { ...counts, ...ranges }, skipsBlocks: false };
  },
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

/** A range of timesteps. */
function range(value: unknown): readonly [number, number] {
  const [from, to] = Array.isArray(value) ? value : [];
  return [Number(from), Number(to)];
}

/** Our policy for a recorded hook, or why there is none. */
export function samePolicy(name: string, options: HookOptions): SamePolicy | string {
  const same = Object.hasOwn(HOOKS, name) ? HOOKS[name]?.(options) : undefined;
  return same ?? `no policy ${name} is built`;
}
