/**
 * Weights in several files, with an index that says which tensor is in which.
 *
 * @module
 */

import { WeightsError } from '../errors.ts';
import type { CheckedSource } from './checked-source.ts';
import { readHeader } from './read-header.ts';
import type { TensorInfo } from './safetensors.ts';

/**
 * The tensors of all shards of an index.
 *
 * @param prefix Path of the index's folder, with a slash at its end. @param shardOf As {@link parseIndex} gives it.
 * @throws WeightsError when index and shards disagree; as {@link readHeader}.
 */
export async function readShards(
  source: CheckedSource,
  prefix: string,
  indexPath: string,
  shardOf: ReadonlyMap<string, string>,
  signal: AbortSignal | undefined,
): Promise<Map<string, TensorInfo>> {
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

/**
 * `weight_map` of an index: tensor name to the shard's name, which must lie beside the index.
 *
 * @throws WeightsError
 */
export function parseIndex(path: string, index: unknown): Map<string, string> {
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
