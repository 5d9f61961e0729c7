import { type ConfigJson, readConfig } from '../models/config.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { MissingFileError, RefusedFileError } from '../weights/source.ts';
import type { PartsSource } from './parts.ts';

/** Makes a part's configuration from its tensors, and from a `config.json` that is not its class's own, where there is one. */
export type InferConfig = (label: string, tensors: Checkpoint['tensors'], other?: ConfigJson) => ConfigJson;

/**
 * A part's configuration: its `config.json`; where it has none, as single files have none, or one that is not of diffusers,
 * what the tensors tell.
 *
 * @param folder The part's. A whole folder's part without one is an error. @throws {WeightsError | SourceError}; what `infer` throws.
 */
export async function partConfig(
  { source, isAssembled }: PartsSource,
  folder: string,
  { label, tensors }: Pick<Checkpoint, 'label' | 'tensors'>,
  infer: InferConfig,
  signal?: AbortSignal,
): Promise<ConfigJson> {
  try {
    const config = await readConfig(source, `${folder}/config.json`, signal);
    // Wan's own code writes `dim` and `num_heads`.
    return isAssembled && 'dim' in config ? infer(label, tensors, config) : config;
  } catch (error) {
    if (isAssembled && (error instanceof MissingFileError || error instanceof RefusedFileError))
      return infer(label, tensors);
    throw error;
  }
}
