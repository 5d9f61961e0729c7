import type { OptionValue } from '../cache/options.ts';

/** One of our policies, set as somebody else's hook was. */
export interface SamePolicy {
  readonly policy: string;
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** Options of a hook, as its recording has them. */
export type HookOptions = Readonly<Record<string, unknown>>;

/** By the recording's name of a method, our policy for its options. To add a method: a line. */
const HOOKS: Readonly<Record<string, (options: HookOptions) => SamePolicy>> = {
  // diffusers' `FirstBlockCacheConfig`.
  fbcache: ({ threshold }) => ({ policy: 'fbcache', options: { threshold: Number(threshold) } }),
};

/** Our policy for a recorded hook; undefined where it is not built. */
export function samePolicy(name: string, options: HookOptions): SamePolicy | undefined {
  return Object.hasOwn(HOOKS, name) ? HOOKS[name]?.(options) : undefined;
}
