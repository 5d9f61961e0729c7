import { findPolicy } from './policies.ts';

/** A method's name in plain words; one that is not built, as a run of another version may have it, is called by its own. */
export function policyTitle(name: string): string {
  return findPolicy(name)?.title ?? name;
}

/** What the page calls presets, which links and the library know by their own names. */
const PRESETS: Readonly<Record<string, string>> = { slow: 'closest', balanced: 'balanced', fast: 'fastest' };

/** A preset's name in plain words. */
export function presetTitle(name: string): string {
  return PRESETS[name] ?? name;
}
