import { configurePolicy, POLICIES } from '../../src/cache/index.ts';
import type { OptionValue } from '../../src/cache/options.ts';
import { OptionError } from '../../src/errors.ts';

/** A policy with the options in which it is measured. */
export interface Setting {
  readonly policy: string;
  readonly policyOptions: Readonly<Record<string, OptionValue>>;
}

/** The control that all others are compared with: it needs more than one setting to be interpolated. */
export const CONTROL = 'fewer-steps';

/** Tables of settings by name: `full` is what is published, `presets` the model's own, `quick` for trying. */
export const SETTINGS = {
  full: [
    ...grid(CONTROL, { share: [22, 17, 13, 11, 9, 7].map((steps) => steps / 30) }),
    ...grid('bwcache', { preset: ['slow', 'balanced', 'fast'] }),
    ...grid('bwcache', { branches: ['condLeads'], interval: [2], tail: [0], threshold: [0.035, 0.045, 0.06, 0.12] }),
    ...grid('bwcache', { branches: ['separate'], threshold: [0.05, 0.08, 0.15] }),
    ...grid('teacache', { threshold: [0.05, 0.1, 0.2, 0.3] }),
    ...grid('fbcache', { threshold: [0.05, 0.08, 0.12, 0.2] }),
    ...grid('dbcache', { fnComputeBlocks: [1], warmupSteps: [2], residualDiffThreshold: [0.05, 0.08, 0.12, 0.2] }),
    ...grid('dbcache', {
      fnComputeBlocks: [1],
      warmupSteps: [4],
      taylor: [1],
      residualDiffThreshold: [0.08, 0.12, 0.2],
    }),
    ...grid('easycache', { retSteps: [4], threshold: [0.02, 0.05, 0.1, 0.2] }),
    ...grid('pab', { spatial: [2, 3], cross: [3, 6] }),
    ...grid('fitcache', { preset: ['slow', 'balanced', 'fast'] }),
    ...grid('smoothcache', { threshold: [0.05, 0.08, 0.12, 0.18] }),
  ],
  presets: [
    ...grid(CONTROL, { share: [17, 13, 9].map((steps) => steps / 30) }),
    ...grid('bwcache', { preset: ['slow', 'balanced', 'fast'] }),
    ...grid('fitcache', { preset: ['slow', 'balanced', 'fast'] }),
  ],
  quick: [
    ...grid(CONTROL, { share: [20, 10].map((steps) => steps / 30) }),
    ...grid('bwcache', { threshold: [0.08], interval: [2] }),
  ],
} as const satisfies Record<string, readonly Setting[]>;

/** What can be run of a table, and why the rest cannot. */
export interface UsableSettings {
  readonly usable: readonly Setting[];
  /** A sentence for each policy that is left out. */
  readonly notes: readonly string[];
}

/** Leaves out policies that are not built, and settings that they refuse. */
export function usableSettings(settings: readonly Setting[]): UsableSettings {
  const notes = new Set<string>();
  const usable = settings.filter((setting) => {
    const note = refusal(setting);
    if (note !== undefined) notes.add(note);
    return note === undefined;
  });
  return { usable, notes: [...notes] };
}

/** Each policy that a table does not name, with its defaults. */
export function unnamedPolicies(settings: readonly Setting[]): Setting[] {
  const named = new Set(['none', ...settings.map(({ policy }) => policy)]);
  return POLICIES.filter(({ name }) => !named.has(name)).map(({ name }) => ({ policy: name, policyOptions: {} }));
}

/** E.g. `threshold=0.08 interval=2`; `defaults` where nothing is set. */
export function describeOptions({ policyOptions }: Setting): string {
  const pairs = Object.entries(policyOptions).map(([name, value]) => {
    return `${name}=${typeof value === 'number' ? Number(value.toPrecision(3)) : value}`;
  });
  return pairs.join(' ') || 'defaults';
}

function refusal({ policy, policyOptions }: Setting): string | undefined {
  if (!POLICIES.some(({ name }) => name === policy)) return `${policy} is left out: it is not built.`;
  // A preset is the model's; the library looks it up.
  const { preset: _, ...own } = policyOptions;
  try {
    configurePolicy(policy, own);
    return undefined;
  } catch (error) {
    if (error instanceof OptionError) return `A setting of ${policy} is left out: ${error.message}`;
    throw error;
  }
}

/** Every combination of the options' values. */
function grid(policy: string, values: Readonly<Record<string, readonly OptionValue[]>>): Setting[] {
  let combinations: Record<string, OptionValue>[] = [{}];
  for (const [name, list] of Object.entries(values)) {
    combinations = combinations.flatMap((options) => list.map((value) => ({ ...options, [name]: value })));
  }
  return combinations.map((policyOptions) => ({ policy, policyOptions }));
}
