import { SourceError } from '../errors.ts';
import type { ModelEntry } from '../weights/manifest.ts';
import { readJson, sourceFromUrl, type WeightSource } from '../weights/source.ts';
import type { GenerateOptions } from './types.ts';

/** The preset of a policy that is taken where nothing is said. */
const DEFAULT_PRESET = 'balanced';

/** The options with the model's preset for their policy under those of the policy that are given. */
export function withPreset(options: GenerateOptions, presets: ModelEntry['presets'] = {}): GenerateOptions {
  const preset = presets[options.policy ?? 'none']?.[DEFAULT_PRESET];
  return preset ? { ...options, policyOptions: { ...preset, ...options.policyOptions } } : options;
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
  const source = url ? sourceFromUrl(new URL('.', url)) : model;
  const path = url ? url.pathname.slice(url.pathname.lastIndexOf('/') + 1) : address;
  const artifact = await readJson(source, path, signal);
  if (typeof artifact !== 'object' || artifact === null) {
    throw new SourceError(`${address} is no artifact.`, 'Pass what npm run calibrate wrote.');
  }
  return { ...options, policyOptions: { ...options.policyOptions, artifact: { ...artifact } } };
}
