import type { OptionValue } from 'stillframe';
import {
  describePolicies,
  FEW_STEPS,
  type OptionDescription,
  POLICY_GROUPS,
  type PolicyDescription,
} from 'stillframe/policies';
import type { LoadedModel } from '../engine/protocol.ts';
import type { Settings } from './settings.ts';

/** Tuned options by policy and name. */
export type Presets = LoadedModel['presets'];

/** A policy's options by name. */
export type Options = Readonly<Record<string, OptionValue>>;

type PolicySettings = Pick<Settings, 'policy' | 'preset' | 'policyOptions'>;

/** The preset that the library takes where nothing is said. */
const DEFAULT_PRESET = 'balanced';

/** The policy that is none. */
const NO_POLICY = 'none';

/**
 * What a form begins with: the first of the model's policies that has a balanced preset, which the manifest puts in order;
 * with few steps, where caching does not pay, or without presets, nothing is reused.
 */
export function defaultPolicy(presets: Presets, steps: number): PolicySettings {
  const tuned = Object.keys(presets).find((name) => Object.hasOwn(presets[name] ?? {}, DEFAULT_PRESET));
  if (tuned === undefined || steps <= FEW_STEPS) return { policy: NO_POLICY, preset: undefined, policyOptions: {} };
  return { policy: tuned, preset: DEFAULT_PRESET, policyOptions: {} };
}

/** The same with another count of steps: a policy that nobody chose is again the one that such a run begins with. */
export function withSteps<T extends PolicySettings & Pick<Settings, 'steps'>>(
  settings: T,
  steps: number,
  presets: Presets,
): T {
  const before = defaultPolicy(presets, settings.steps);
  const { policy, preset, policyOptions } = settings;
  const isDefault = policy === before.policy && preset === before.preset && Object.keys(policyOptions).length === 0;
  return { ...settings, ...(isDefault && defaultPolicy(presets, steps)), steps };
}

/** The policy of that name, if there is one. */
export function findPolicy(name: string): PolicyDescription | undefined {
  return describePolicies().find((policy) => policy.name === name);
}

/** A group of methods, and what it is called. */
export interface GroupOfPolicies {
  readonly heading: string;
  readonly policies: readonly PolicyDescription[];
}

/** All methods by what they do; groups without any are left out. */
export function policyGroups(policies = describePolicies()): readonly GroupOfPolicies[] {
  return Object.entries(POLICY_GROUPS)
    .map(([name, heading]) => ({ heading, policies: policies.filter(({ group }) => group === name) }))
    .filter((group) => group.policies.length > 0);
}

/** The option's value where nothing is set by hand: the preset's, else the policy's own. */
export function baseValue(
  option: OptionDescription,
  { policy, preset }: PolicySettings,
  presets: Presets,
): OptionValue {
  const known = presets[policy];
  const tuned = preset === undefined ? undefined : known?.[preset];
  // What was calibrated for the model applies without a preset, too.
  const calibrated = option.name === 'artifact' ? known?.[DEFAULT_PRESET] : undefined;
  return tuned?.[option.name] ?? calibrated?.[option.name] ?? option.default;
}

/** The same with one option set by hand; a value that it has anyway is not kept. */
export function withOption(
  settings: PolicySettings,
  option: OptionDescription,
  value: OptionValue,
  presets: Presets,
): PolicySettings {
  const { [option.name]: _, ...others } = settings.policyOptions;
  const isBase = toText(value) === toText(baseValue(option, settings, presets));
  const policyOptions = isBase ? others : { ...others, [option.name]: value };
  return settle({ ...settings, policyOptions }, presets);
}

/**
 * The same with a preset that the model has. With no options at all the library takes the balanced preset, so the form
 * says so.
 */
export function settle<T extends PolicySettings>(settings: T, presets: Presets): T {
  const { policy, preset, policyOptions } = settings;
  const known = presets[policy] ?? {};
  const isKnown = preset !== undefined && Object.hasOwn(known, preset);
  if (isKnown) return settings;
  const isUntouched = Object.keys(policyOptions).length === 0;
  const wanted = isUntouched && Object.hasOwn(known, DEFAULT_PRESET) ? DEFAULT_PRESET : undefined;
  return wanted === preset ? settings : { ...settings, preset: wanted };
}

/** A value as text, as fields and links hold it. */
export function toText(value: OptionValue): string {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/**
 * The value that a text stands for.
 *
 * @throws {RangeError} when it is none that the option takes; the message says what is allowed.
 */
export function fromText(text: string, { name, input, allowed, default: fallback }: OptionDescription): OptionValue {
  const refused = new RangeError(`${name} is ${text.trim() === '' ? 'empty' : text}; it must be ${allowed}.`);
  const number = text.trim() === '' ? Number.NaN : Number(text);
  switch (input.kind) {
    case 'number': {
      const { least, most = Number.POSITIVE_INFINITY, isWhole } = input;
      const isAllowed = number >= least && number <= most && (!isWhole || Number.isInteger(number));
      if (!isAllowed) throw refused;
      return number;
    }
    case 'choice':
      if (!input.choices.includes(text)) throw refused;
      return text;
    case 'flag':
      if (text !== 'true' && text !== 'false') throw refused;
      return text === 'true';
    case 'text':
    case 'artifact':
      // A word or a number, such as `all` or 2; a list of numbers stays as it is written.
      return typeof fallback === 'string' && Number.isFinite(number) ? number : text;
  }
}
