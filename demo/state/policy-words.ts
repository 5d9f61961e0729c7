import type { PolicyDescription } from 'stillframe/policies';

/** What the page calls the methods; one that is new is called by its own name. */
const TITLES: Readonly<Record<string, string>> = {
  none: 'Compute everything',
  bwcache: 'Reuse blocks (BWCache)',
  teacache: 'Skip alike steps (TeaCache)',
  fbcache: 'Look at the first block (FBCache)',
  smoothcache: 'Reuse by measured errors (SmoothCache)',
  taylorseer: 'Forecast what comes (TaylorSeer)',
  pab: 'Reuse attention (PAB)',
  'fewer-steps': 'Take fewer steps',
};

/** A method's name in plain words, the field's own in brackets. */
export function policyTitle({ name }: Pick<PolicyDescription, 'name'>): string {
  return Object.hasOwn(TITLES, name) ? (TITLES[name] ?? name) : name;
}

/** What the page calls presets, which links and the library know by their own names. */
const PRESETS: Readonly<Record<string, string>> = { slow: 'closest', balanced: 'balanced', fast: 'fastest' };

/** A preset's name in plain words. */
export function presetTitle(name: string): string {
  return PRESETS[name] ?? name;
}
