/**
 * Other names for a class's tensors than its own: those of the code that a model was trained with, and of other programs'
 * files, told apart by the names themselves.
 *
 * @module
 */

import { WeightsError } from '../errors.ts';
import type { TensorInfo } from './tensor-entry.ts';

/** One way to name a class's tensors. */
export interface KeyNames {
  /** A name that files of this kind have, and no others do. */
  readonly mark: string;
  /** A tensor's name in the class: also of what belongs to a module beside its weight, such as a scale. */
  rename(name: string): string;
}

/** All names that a part of a model may come in, besides its class's own. */
export interface PartNames {
  /** What stands before each of the part's names in a file of several parts; the first that is there is taken off. */
  readonly prefixes: readonly string[];
  readonly kinds: readonly KeyNames[];
}

/** Replaces one after the other in a name. */
export function renamer(rules: readonly (readonly [pattern: RegExp, replacement: string])[]): KeyNames['rename'] {
  return (name) => rules.reduce((changed, [pattern, replacement]) => changed.replace(pattern, replacement), name);
}

/**
 * A file's tensors by the names of their class. What is not behind the part's prefix, where the file has one, is left out.
 *
 * @throws WeightsError where two tensors come to the same name.
 */
export function byClassNames(
  label: string,
  tensors: ReadonlyMap<string, TensorInfo>,
  { prefixes, kinds }: PartNames,
): ReadonlyMap<string, TensorInfo> {
  const names = [...tensors.keys()];
  const prefix = prefixes.find((one) => names.some((name) => name.startsWith(one))) ?? '';
  const kind = kinds.find(({ mark }) => tensors.has(prefix + mark));
  if (prefix === '' && !kind) return tensors;
  const renamed = new Map<string, TensorInfo>();
  for (const [stored, info] of tensors) {
    if (!stored.startsWith(prefix)) continue;
    const inPart = stored.slice(prefix.length);
    const name = kind ? kind.rename(inPart) : inPart;
    if (renamed.has(name)) {
      throw new WeightsError(
        `${label}: ${stored} in ${info.file} is ${name} by its class's names, and so is another tensor.`,
        'The file mixes two ways to name tensors: download or export it again.',
      );
    }
    renamed.set(name, { ...info, name });
  }
  return renamed;
}
