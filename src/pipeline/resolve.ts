import { OptionError } from '../errors.ts';
import { type ManifestFile, type ModelDefaults, type ModelEntry, parseManifest } from '../weights/manifest.ts';
import { readJson, sourceFromDirectory, sourceFromFiles, sourceFromUrl, type WeightSource } from '../weights/source.ts';
import type { ModelReference } from './types.ts';

/** Where a model's files are, and what the manifest says of them. */
export interface ResolvedModel {
  /** The manifest's id, or the source's label. */
  readonly id: string;
  readonly source: WeightSource;
  /** Its pipeline class, where the manifest says. */
  readonly className?: string;
  /** Lengths and hashes to be checked; none for a folder that the manifest does not know. */
  readonly files?: readonly ManifestFile[];
  readonly defaults?: ModelDefaults;
  /** Tuned options of policies. */
  readonly presets?: ModelEntry['presets'];
}

/** A string with a slash or a dot is an address; an id has neither. */
const ADDRESS = /[/.:]/;

/**
 * Finds a model.
 *
 * @throws {OptionError} when the manifest has no such id; {SourceError | WeightsError} when it cannot be read.
 */
export async function resolveModel(
  model: ModelReference,
  manifestUrl: string | URL | undefined,
  signal?: AbortSignal,
): Promise<ResolvedModel> {
  if (typeof model !== 'string') {
    const source = toSource(model);
    return { id: source.label, source };
  }
  if (ADDRESS.test(model)) return { id: model, source: sourceFromUrl(absolute(model)) };
  const url = absolute(manifestUrl ?? 'weights-manifest.json');
  const manifest = sourceFromUrl(new URL('.', url));
  const file = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
  const { models } = parseManifest(await readJson(manifest, file, signal));
  const entry = models.find(({ id }) => id === model);
  if (!entry) {
    throw new OptionError(
      `There is no model "${model}" in ${url}.`,
      `Use one of: ${models.map(({ id }) => id).join(', ')}; or the URL of a folder in diffusers' layout.`,
    );
  }
  const { id, pipeline: className, files, defaults, presets } = entry;
  return { id, source: sourceFromUrl(new URL(entry.url, url)), className, files, defaults, presets };
}

function toSource(model: Exclude<ModelReference, string>): WeightSource {
  if (model instanceof URL) return sourceFromUrl(model);
  if ('open' in model) return model;
  if ('kind' in model) return sourceFromDirectory(model);
  return sourceFromFiles(model);
}

/** Relative addresses count from the page. */
function absolute(url: string | URL): URL {
  return new URL(url, typeof document === 'undefined' ? globalThis.location?.href : document.baseURI);
}
