/**
 * The parts of a model in diffusers' layout: a folder each, named with its class in `model_index.json`.
 *
 * @module
 */
import { UnsupportedModelError } from '../errors.ts';
import type { Capabilities } from '../gpu/capabilities.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { ConfigJson } from '../models/config.ts';
import { type Checkpoint, openCheckpoint } from '../weights/checkpoint.ts';
import type { PartNames } from '../weights/key-names.ts';
import type { WeightStore } from '../weights/store.ts';
import { type WeightPrecision, WeightSet } from '../weights/weight-set.ts';
import type { DeclaredPart } from './model-info.ts';
import type { ResolvedModel } from './resolve.ts';
import type { Progress } from './types.ts';
import { checkFound } from './variant.ts';

/** Where parts are read from. */
export type PartsSource = Pick<ResolvedModel, 'source' | 'files' | 'isAssembled'>;

/** How parts are opened. */
export interface OpenOptions {
  readonly precision: WeightPrecision;
  readonly capabilities: Capabilities;
  readonly store?: WeightStore | undefined;
  /** As `LoadOptions` has it. */
  readonly variant?: string | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A part whose files are open: models declare its weights. */
export interface OpenPart extends DeclaredPart {
  readonly checkpoint: Checkpoint;
}

/** The precision of weights that every forward reads: on CPU drivers kernels spend a fifth to a quarter of their time unpacking f16. */
export function unpacked({
  capabilities,
  precision,
}: Pick<OpenOptions, 'capabilities' | 'precision'>): WeightPrecision {
  return capabilities.software && precision === 'stored' ? 'f32' : precision;
}

/** Opens a part: reads the headers of its weights. @param names What its tensors may be called instead of their class's names. @throws {WeightsError | SourceError} */
export async function openPart(
  { source, files }: PartsSource,
  index: ConfigJson,
  name: string,
  { precision, store, variant, signal }: Pick<OpenOptions, 'precision' | 'store' | 'variant' | 'signal'>,
  names?: PartNames,
): Promise<OpenPart> {
  const checkpoint = await openCheckpoint(source, name, { files, store, variant, names, signal });
  const weights = new WeightSet(checkpoint, precision);
  return { name, className: componentClass(index, name) ?? '', checkpoint, weights };
}

/**
 * Holds parts whose weights are declared to their files, and to the variant that was asked for.
 *
 * @returns what a user should know of them. @throws {WeightsError | OptionError}
 */
export function checkParts(
  { source }: PartsSource,
  parts: readonly OpenPart[],
  { variant, onWarning }: Pick<OpenOptions, 'variant' | 'onWarning'>,
): string[] {
  if (variant !== undefined) checkFound(source.label, variant, parts, onWarning);
  for (const { weights } of parts) weights.check();
  return parts.flatMap(({ weights }) => weights.warnings);
}

/** A component's class in `model_index.json`: `["diffusers", "WanTransformer3DModel"]`, `[null, null]` for none. */
export function componentClass(index: ConfigJson, name: string): string | undefined {
  const entry = index[name];
  return Array.isArray(entry) && typeof entry[1] === 'string' ? entry[1] : undefined;
}

/** A component's class, which must be one of these. @throws {UnsupportedModelError} */
export function expectClass<T extends string>(index: ConfigJson, name: string, ...classes: readonly T[]): T {
  const found = componentClass(index, name);
  const built = classes.find((one) => one === found);
  if (built) return built;
  throw new UnsupportedModelError(
    `model_index.json names ${found ?? 'no class'} as ${name}; supported: ${classes.join(', ')}.`,
    `Use a folder of a ${String(index._class_name)} with parts of these classes.`,
  );
}

/** GPU bytes of all weights. */
export function weightsBytes(parts: readonly DeclaredPart[]): number {
  return parts.reduce((sum, { weights }) => sum + weights.bytes, 0);
}

/** Reads all weights, one part after the other, and what is looked up on the host. @throws as `WeightSet.load`. */
export async function loadWeights(
  gpu: Gpu,
  model: { readonly parts: readonly DeclaredPart[]; loadTables?(signal?: AbortSignal): Promise<void> },
  signal?: AbortSignal,
  onProgress?: (progress: Progress) => void,
): Promise<void> {
  const sets = model.parts.map(({ weights: set }) => ({ set, loaded: 0, total: set.storedBytes }));
  const sum = (key: 'loaded' | 'total') => sets.reduce((bytes, other) => bytes + other[key], 0);
  for (const entry of sets) {
    await entry.set.load(gpu, {
      signal,
      onBytes(loaded, total, from) {
        Object.assign(entry, { loaded, total });
        onProgress?.({ phase: 'download', loaded: sum('loaded'), total: sum('total'), from });
      },
    });
  }
  await model.loadTables?.(signal);
}
