/**
 * Which files make up a checkpoint, and what their headers say: one file, or shards with an index, by the names that
 * diffusers and transformers give them.
 *
 * @module
 */

import { IntegrityError, WeightsError } from '../errors.ts';
import type { CheckedSource } from './checked-source.ts';
import type { ManifestFile } from './manifest.ts';
import { exists, readBytes, readJson, streamRanges } from './read.ts';
import { LENGTH_BYTES, parseHeaderLength, parseSafetensorsHeader, type TensorInfo } from './safetensors.ts';
import { MissingFileError } from './source-types.ts';

const STEMS = ['diffusion_pytorch_model', 'model'];
const SINGLE = STEMS.map((stem) => `${stem}.safetensors`);
const INDEX = SINGLE.map((name) => `${name}.index.json`);

/**
 * The tensors of a model's folder, by name, in the order of files and of their data. Reads headers only.
 *
 * @param folder Path of the folder that holds the weights, `''` for the source's own top.
 * @param files The manifest's files, if the model is listed: then no name is tried that is not among them.
 * @throws MissingFileError when there are no weights or no such shard; WeightsError when an index or a header is bad.
 */
export async function findTensors(
  source: CheckedSource,
  folder: string,
  files: readonly ManifestFile[] | undefined,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, TensorInfo>> {
  const prefix = folder === '' ? '' : `${folder}/`;
  const listed = files && new Set(files.map((file) => file.path));
  for (const name of [...SINGLE, ...INDEX]) {
    const path = prefix + name;
    if (!(listed ? listed.has(path) : await exists(source, path, signal))) continue;
    return INDEX.includes(name) ? readShards(source, prefix, path, signal) : readHeader(source, path, signal);
  }
  throw new MissingFileError(
    `${source.label}: ${folder || 'the folder'} holds none of ${[...SINGLE, ...INDEX].join(', ')}.`,
    'Check the model folder; weights in .bin or .pt files must be saved as safetensors.',
  );
}

async function readShards(
  source: CheckedSource,
  prefix: string,
  indexPath: string,
  signal: AbortSignal | undefined,
): Promise<Map<string, TensorInfo>> {
  const shardOf = parseIndex(indexPath, await readJson(source, indexPath, signal));
  const tensors = new Map<string, TensorInfo>();
  for (const shard of [...new Set(shardOf.values())].sort()) {
    for (const [name, info] of await readHeader(source, prefix + shard, signal)) {
      const other = tensors.get(name);
      if (other) {
        throw new WeightsError(
          `Tensor ${name} is in two shards: ${other.file} and ${info.file}.`,
          'The shards are of different exports: download or export all of them again.',
        );
      }
      tensors.set(name, info);
    }
  }
  for (const [name, shard] of shardOf) {
    if (tensors.get(name)?.file === prefix + shard) continue;
    const found = tensors.get(name)?.file;
    throw new WeightsError(
      `${indexPath} says that tensor ${name} is in ${prefix}${shard}, but ${found ?? 'no shard'} has it.`,
      'Index and shards are of different exports: download or export all of them again.',
    );
  }
  return tensors;
}

/** `weight_map` of an index: tensor name to the shard's name, which must lie beside the index. */
function parseIndex(path: string, index: unknown): Map<string, string> {
  const map = (index as { weight_map?: unknown } | null)?.weight_map;
  if (typeof map !== 'object' || map === null) {
    throw new WeightsError(`${path} has no object "weight_map".`, 'Download or export the index again.');
  }
  const entries = Object.entries(map as Record<string, unknown>);
  for (const [tensor, shard] of entries) {
    if (typeof shard !== 'string' || !/^[^/\\]+\.safetensors$/.test(shard)) {
      throw new WeightsError(
        `${path}: the shard of tensor ${tensor} is ${JSON.stringify(shard)}, not a .safetensors file beside the index.`,
        'Download or export the index again.',
      );
    }
  }
  return new Map(entries as [string, string][]);
}

async function readHeader(
  source: CheckedSource,
  path: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, TensorInfo>> {
  let totalBytes: number | undefined;
  let length = 0;
  const prefix = new Uint8Array(LENGTH_BYTES);
  for await (const piece of streamRanges(source, path, [{ start: 0, end: LENGTH_BYTES }], signal)) {
    prefix.set(piece.bytes, piece.offset);
    length += piece.bytes.length;
    totalBytes = piece.opened.totalBytes;
  }
  const expected = source.expected(path);
  if (expected && totalBytes !== undefined && totalBytes !== expected.bytes) {
    throw new IntegrityError(
      `${source.label}: ${path} has ${totalBytes} bytes, but the manifest says ${expected.bytes}.`,
      'The file or the manifest is not the right one.',
    );
  }
  totalBytes ??= expected?.bytes;
  const headerBytes = parseHeaderLength(path, prefix.subarray(0, length), totalBytes);
  const dataStart = LENGTH_BYTES + headerBytes;
  const header = await readBytes(source, path, { start: LENGTH_BYTES, end: dataStart }, signal);
  const dataBytes = totalBytes === undefined ? undefined : totalBytes - dataStart;
  return parseSafetensorsHeader(path, header, dataBytes).tensors;
}
