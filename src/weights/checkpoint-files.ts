/**
 * Which files make up a checkpoint, and what their headers say: one file, or shards with an index, by the names that
 * diffusers and transformers give them.
 *
 * @module
 */

import { SourceError } from '../errors.ts';
import type { CheckedSource } from './checked-source.ts';
import type { ManifestFile } from './manifest.ts';
import { firstThere, readJson } from './read.ts';
import { readHeader } from './read-header.ts';
import type { TensorInfo } from './safetensors.ts';
import { parseIndex, readShards } from './shards.ts';
import { MissingFileError, RefusedFileError } from './source-types.ts';
import { orAborted } from './streams.ts';
import { candidateNames, openChoice, searchedNames, variantsOf, type WeightName } from './weight-names.ts';

/** The tensors of a folder, and which of its files they are from. */
export interface FoundTensors {
  /** By name, in the order of files and of their data. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** The variant of the files, where it is one. */
  readonly variant: string | undefined;
  /** All variants that are there, as far as is known. */
  readonly variants: readonly string[];
}

/** What `findTensors` may know beforehand. */
export interface FindOptions {
  /** The manifest's files, if the model is listed: then no name is tried that is not among them. */
  readonly files?: readonly ManifestFile[] | undefined;
  /** The variant that is wanted: a folder without it is read by its plain names. */
  readonly variant?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The tensors of a model's folder. Reads headers only. Plain names are tried first, unless a variant is wanted; a variant
 * by itself is taken where nothing else is there.
 *
 * @param folder Path of the folder that holds the weights, `''` for the source's own top.
 * @throws MissingFileError when there are no weights or no such shard; OptionError when there are several variants to
 * choose from; WeightsError when an index or a header is bad.
 */
export async function findTensors(
  source: CheckedSource,
  folder: string,
  { files, variant, signal }: FindOptions,
): Promise<FoundTensors> {
  const prefix = folder === '' ? '' : `${folder}/`;
  const label = folder === '' ? source.label : `${source.label}: ${folder}`;
  const names = files
    ? namesUnder(prefix, files)
    : source.list && (await orAborted(source.list(folder, signal), signal));
  const candidates = candidateNames(label, names, variant);
  // Shards are named, not guessed: they are read once an index is found, and one that is not there is missing.
  const open = async ({ name, isIndex, variant }: WeightName) => {
    const path = prefix + name;
    if (isIndex) {
      const shardOf = parseIndex(path, await readJson(source, path, signal));
      return { variant, read: () => readShards(source, prefix, path, shardOf, signal) };
    }
    const tensors = await readHeader(source, path, signal);
    return { variant, read: async () => tensors };
  };
  const [known] = names ? candidates : [];
  const found = known
    ? await open(known)
    : await firstThere(candidates, open).catch((cause) => throwRefusal(label, cause));
  if (!found) {
    // A server tells what it has only when it is asked by name.
    const other = names || variant === undefined ? undefined : await firstThere(candidateNames(label, names), open);
    if (other?.variant !== undefined) throw openChoice(label, [other.variant], variant);
    throw new MissingFileError(
      `${label} holds none of ${searchedNames(variant)}${names ? `; it holds ${listOf(names)}` : ''}.`,
      'Check the model folder; weights in .bin or .pt files must be saved as safetensors.',
    );
  }
  const { variant: taken } = found;
  const variants = names ? variantsOf(names) : taken === undefined ? [] : [taken];
  return { tensors: await found.read(), variant: taken, variants };
}

/** Names of the files directly in a folder. */
function namesUnder(prefix: string, files: readonly ManifestFile[]): string[] {
  const inside = files.filter(({ path }) => path.startsWith(prefix)).map(({ path }) => path.slice(prefix.length));
  return inside.filter((name) => !name.includes('/'));
}

function throwRefusal(label: string, cause: unknown): never {
  if (!(cause instanceof RefusedFileError)) throw cause;
  throw new SourceError(
    `${label} has no weights that the server gives out: ${cause.problem}`,
    `${cause.remedy} Object stores answer so for what they do not have, too: check the folder's address.`,
    { cause },
  );
}

function listOf(names: readonly string[]): string {
  if (names.length === 0) return 'no files';
  return names.slice(0, 8).join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '');
}
