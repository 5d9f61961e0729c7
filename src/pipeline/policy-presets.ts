import { OptionError, SourceError, StillframeError } from '../errors.ts';
import { shownUrl } from '../weights/address.ts';
import { readJsonAt } from '../weights/json-at.ts';
import type { ModelEntry } from '../weights/manifest.ts';
import { readJson, type WeightSource } from '../weights/source.ts';
import type { GenerateOptions } from './types.ts';

type PolicyOptions = NonNullable<GenerateOptions['policyOptions']>;

/** The preset of a policy that is taken where nothing is said. */
const DEFAULT_PRESET = 'balanced';

/**
 * The options with the model's preset for their policy filled in: the one that `policyOptions.preset` names, which other
 * options may change; the balanced one where there are none; where there are only others, what was calibrated for the
 * model (`artifact`), and else the policy's own defaults.
 *
 * @param presets The model's, by policy and name.
 * @throws {OptionError} for a preset that the model does not have.
 */
export function withPreset(options: GenerateOptions, presets: ModelEntry['presets'] = {}): GenerateOptions {
  const { policy = 'none', policyOptions = {} } = options;
  const known = presets[policy] ?? {};
  const { preset, ...own } = policyOptions;
  if (preset === undefined) {
    const { artifact, ...tuned } = known[DEFAULT_PRESET] ?? {};
    const calibrated: PolicyOptions = artifact === undefined ? {} : { artifact };
    const isOwn = Object.keys(own).length > 0;
    return { ...options, policyOptions: { ...(isOwn ? {} : tuned), ...calibrated, ...own } };
  }
  const named = typeof preset === 'string' && Object.hasOwn(known, preset) ? known[preset] : undefined;
  if (named) return { ...options, policyOptions: { ...named, ...own } };
  const names = Object.keys(known).join(', ');
  throw new OptionError(
    `policyOptions.preset is ${JSON.stringify(preset)}; this model has ${names || 'no presets'} for ${policy}.`,
    names ? `Use one of: ${names}; or the policy's own options.` : "Use the policy's own options.",
  );
}

/**
 * The options with an artifact in the place of its address: a URL, or a path in the model's folder.
 *
 * @throws {SourceError} when it cannot be read.
 */
export async function withArtifact(
  options: GenerateOptions,
  model: WeightSource,
  signal?: AbortSignal,
): Promise<GenerateOptions> {
  const address = options.policyOptions?.artifact;
  if (typeof address !== 'string' || address === '') return options;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const reading = url ? readJsonAt(url, signal) : readJson(model, address, signal);
  const shown = url ? shownUrl(url) : address;
  const artifact = await reading.catch((cause: unknown) => {
    if (!(cause instanceof StillframeError)) throw cause;
    throw unreadable(shown, cause.problem, { cause });
  });
  if (typeof artifact !== 'object' || artifact === null) throw unreadable(shown, 'it holds no artifact.');
  return { ...options, policyOptions: { ...options.policyOptions, artifact: { ...artifact } } };
}

function unreadable(address: string, why: string, options?: ErrorOptions): SourceError {
  const remedy = "Pass a path in the model's folder, a URL, or the contents of what npm run calibrate wrote.";
  return new SourceError(`policyOptions.artifact is ${JSON.stringify(address)}: ${why}`, remedy, options);
}
