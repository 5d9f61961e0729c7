import type { OptionValue } from '../cache/options.ts';
import { OptionError } from '../errors.ts';
import type { ModelEntry } from '../weights/manifest.ts';

type PolicyOptions = Readonly<Record<string, OptionValue>>;

/** What a policy takes where it is given no option at all, if the model has it. */
const DEFAULT_PRESET = 'balanced';

/**
 * A policy's options with the model's preset filled in: the one that `preset` names, which other options may change; the
 * balanced one where there are no options; none where there are only others.
 *
 * @param presets The model's, by policy and name.
 * @throws {OptionError} for a preset that the model does not have.
 */
export function withPreset(
  policy: string,
  options: PolicyOptions = {},
  presets: ModelEntry['presets'] = {},
): PolicyOptions {
  const known = presets[policy] ?? {};
  if (Object.keys(options).length === 0) return known[DEFAULT_PRESET] ?? {};
  const { preset, ...own } = options;
  if (preset === undefined) return own;
  const tuned = typeof preset === 'string' && Object.hasOwn(known, preset) ? known[preset] : undefined;
  if (tuned) return { ...tuned, ...own };
  const names = Object.keys(known).join(', ');
  throw new OptionError(
    `policyOptions.preset is ${JSON.stringify(preset)}; this model has ${names || 'no presets'} for ${policy}.`,
    names ? `Use one of them, or the policy's own options.` : "Use the policy's own options.",
  );
}
