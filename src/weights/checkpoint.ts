/**
 * The weights of one model: a directory of tensors, and two ways to their bytes that never hold a file in memory.
 *
 * @module
 */

import { checkedSource } from './checked-source.ts';
import { findTensors } from './checkpoint-files.ts';
import { byClassNames, type PartNames } from './key-names.ts';
import type { ManifestFile } from './manifest.ts';
import { readRows } from './rows.ts';
import type { TensorInfo } from './safetensors.ts';
import { withScales } from './scales.ts';
import type { WeightSource } from './source-types.ts';
import type { WeightStore } from './store.ts';
import { type DeliverTensor, type StreamOptions, streamTensors } from './tensor-stream.ts';

export type { DeliverTensor, StreamOptions };

/** A model's weights, opened: {@link openCheckpoint}. */
export interface Checkpoint {
  /** Source and folder, for messages. */
  readonly label: string;
  /** By name, in the order of files and of their data. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Bytes of all tensors. */
  readonly bytes: number;
  /** The variant of the files that were found, such as `fp16`; undefined for plain names. */
  readonly variant: string | undefined;
  /** All variants in the folder, as far as the source or the manifest tells. */
  readonly variants: readonly string[];
  /**
   * Reads each file once, in order, and hands over each wanted tensor as soon as it is complete. The next bytes are
   * read when `deliver` is done, so one tensor is being filled and at most one is with the receiver. A file with a hash
   * in the manifest is read whole and hashed; of others, what lies far from wanted tensors is not read.
   *
   * @throws IntegrityError after a file whose length or SHA-256 differs: what was delivered from it must be dropped.
   * SourceError when a file cannot be read or ends early; `signal.reason` on abort; what `deliver` throws.
   */
  stream(wanted: (info: TensorInfo) => boolean, deliver: DeliverTensor, options?: StreamOptions): Promise<void>;
  /**
   * Rows of a 2-D tensor as f32, [rows.length, columns], in the order asked, by ranges: an embedding table is never
   * loaded whole. A row asked twice is read once. Not hashed: {@link stream} of the same file is what checks it.
   *
   * @throws WeightsError for a tensor that is missing or not 2-D, or a row that it does not have; UnsupportedModelError
   * for one in a format that is not read; SourceError.
   */
  readRows(name: string, rows: readonly number[], signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
}

/** Options of {@link openCheckpoint}. */
export interface CheckpointOptions {
  /** The manifest's files of the model, paths from the source's top: their lengths and hashes are checked. */
  readonly files?: readonly ManifestFile[] | undefined;
  /** Keeps the bytes of listed files that come from the network. */
  readonly store?: WeightStore | undefined;
  /** What the tensors may be called instead of their class's names, which `Checkpoint.tensors` then has. */
  readonly names?: PartNames | undefined;
  /** The variant to take where it is there, such as `fp16`. */
  readonly variant?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens the weights in a model's folder: `diffusion_pytorch_model` or `model`, `.safetensors` or, in shards,
 * `.safetensors.index.json`, or a variant of these; where a folder that can be listed has none of them, the one file of
 * weights in it. Reads headers only, and scales that stand beside
 * weights, and checks them all.
 *
 * @param folder Folder in the source that holds the weights, e.g. `transformer`; `''` for its top.
 * @throws MissingFileError, SourceError, OptionError, WeightsError, IntegrityError; `signal.reason` on abort.
 */
export async function openCheckpoint(
  source: WeightSource,
  folder: string,
  options: CheckpointOptions = {},
): Promise<Checkpoint> {
  const checked = checkedSource(source, options.files ?? [], options.store);
  const { tensors: stored, variant, variants } = await findTensors(checked, folder, options);
  const label = folder ? `${source.label}: ${folder}` : source.label;
  const named = options.names ? byClassNames(label, stored, options.names) : stored;
  const tensors = await withScales(checked, label, named, options.signal);
  return {
    label,
    tensors,
    variant,
    variants,
    bytes: [...tensors.values()].reduce((sum, { start, end }) => sum + end - start, 0),
    stream: (wanted, deliver, streamOptions = {}) =>
      streamTensors(checked, [...tensors.values()].filter(wanted), deliver, streamOptions),
    readRows: (name, rows, signal) => readRows(checked, tensors, name, rows, signal),
  };
}
