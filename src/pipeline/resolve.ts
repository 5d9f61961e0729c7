import { OptionError, SourceError } from '../errors.ts';
import { lazy } from '../lazy.ts';
import { shownUrl, wholeUrl } from '../weights/address.ts';
import { readJsonAt } from '../weights/json-at.ts';
import { type ManifestFile, type ModelEntry, parseManifest } from '../weights/manifest.ts';
import { type PackagedModel, sourceFromPackage } from '../weights/packaged.ts';
import { MissingFileError, RefusedFileError, sourceFromUrl, type WeightSource } from '../weights/source.ts';
import { folderSource } from './source-of.ts';
import type { ModelParts, ModelReference } from './types.ts';

/** Where a model's files are, and what the manifest says of them. */
export interface ResolvedModel {
  /** The manifest's id, or the source's label. */
  readonly id: string;
  readonly source: WeightSource;
  /** Whether its parts are from different places, and may lack what a folder of diffusers' has: their configurations. */
  readonly isAssembled?: boolean;
  /** Its pipeline class, where the manifest says. */
  readonly className?: string;
  /** Lengths and hashes to be checked; none for a folder that the manifest does not know. */
  readonly files?: readonly ManifestFile[];
  readonly defaults?: Partial<ModelEntry['defaults']>;
  /** Tuned options of policies. */
  readonly presets?: ModelEntry['presets'];
}

/** A string with a slash or a colon is an address, and so is one that begins with a dot; an id has none of them. */
const ADDRESS = /[/:]|^\./;

/**
 * Finds a model.
 *
 * @throws {OptionError} when the manifest has no such id, an address is none, or a part is missing; {SourceError | WeightsError} when it
 * cannot be read.
 */
export async function resolveModel(
  model: ModelReference,
  manifestUrl: string | URL | undefined,
  signal?: AbortSignal,
): Promise<ResolvedModel> {
  if (typeof model === 'object' && 'files' in model) {
    const { id, pipeline: className, files, defaults, presets } = model;
    return { id, source: sourceFromPackage(model), className, files, defaults, presets };
  }
  if (typeof model !== 'string') {
    if (isParts(model)) {
      const { assembleModel } = await lazy('models in parts', import('./assemble.ts'));
      return assembleModel(model, signal);
    }
    const source = folderSource(model);
    return { id: source.label, source };
  }
  if (ADDRESS.test(model)) {
    // A query may be a signature, which reports do not repeat.
    return { id: model.replace(/[?#].*$/s, ''), source: folderSource(model) };
  }
  const url = wholeUrl(manifestUrl ?? 'weights-manifest.json', 'manifestUrl');
  const { models } = parseManifest(await readManifest(url, model, signal));
  const entry = models.find(({ id }) => id === model);
  if (!entry) {
    throw new OptionError(
      `There is no model "${model}" in ${shownUrl(url)}.`,
      `Use one of: ${models.map(({ id }) => id).join(', ')}; or the URL of a folder in diffusers' layout, with a slash.`,
    );
  }
  const { id, pipeline: className, files, defaults, presets } = entry;
  return { id, source: sourceFromUrl(folderOf(entry, url)), className, files, defaults, presets };
}

function isParts(model: Exclude<ModelReference, string | PackagedModel>): model is ModelParts {
  return !(model instanceof URL || 'open' in model || 'kind' in model || Symbol.iterator in model);
}

async function readManifest(url: URL, id: string, signal: AbortSignal | undefined): Promise<unknown> {
  try {
    return await readJsonAt(url, signal);
  } catch (cause) {
    if (!(cause instanceof MissingFileError || cause instanceof RefusedFileError)) throw cause;
    throw new SourceError(
      `The model "${id}" is looked up in a manifest. ${cause.problem}`,
      `Pass the model itself: what a package such as stillframe-shapes exports, or the address of a folder, with a slash: ./${id}/. ` +
        'Or put the manifest there, or pass its address as manifestUrl.',
      { cause },
    );
  }
}

/** A model's folder. One beside the manifest is reached as that is: it takes the manifest's query, a signature say. */
function folderOf({ id, url }: ModelEntry, manifest: URL): URL {
  if (!URL.canParse(url, manifest)) {
    throw new OptionError(
      `The model "${id}" is at ${JSON.stringify(url)}, relative to a manifest at ${shownUrl(manifest)}, which is in no folder.`,
      'Give the model a whole URL in the manifest, or pass the manifest by an address of http: or https:.',
    );
  }
  const folder = new URL(url, manifest);
  const isBeside = !URL.canParse(url) && folder.origin === manifest.origin;
  if (isBeside && folder.search === '') folder.search = manifest.search;
  return folder;
}
