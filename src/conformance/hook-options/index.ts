/**
 * Other people's caching hooks, in options of our policies: to add one, add it to its project's file and a line here.
 *
 * @module
 */
import { dbcache } from './cache-dit.ts';
import { fastercache, fbcache, magcache, pab, taylorseer } from './diffusers.ts';
import type { Hook, HookOptions, HookRun, SamePolicy } from './same-policy.ts';

export type { HookOptions, HookRun, SamePolicy };

/** By the recording's name of a method. */
const HOOKS: Readonly<Record<string, Hook>> = { dbcache, fastercache, fbcache, magcache, pab, taylorseer };

/** Our policy for a recorded hook, or why there is none. */
export function samePolicy(name: string, options: HookOptions, run: HookRun): SamePolicy | string {
  const hook = Object.hasOwn(HOOKS, name) ? HOOKS[name] : undefined;
  return hook?.(options, run) ?? `no policy ${name} is built`;
}
