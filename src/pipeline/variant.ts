import { OptionError } from '../errors.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';

/** A part of a model, opened. */
interface OpenedPart {
  /** As in `model_index.json`. */
  readonly name: string;
  readonly checkpoint: Pick<Checkpoint, 'variant' | 'variants'>;
}

/**
 * Holds the files that were found to the variant that was asked for: as in diffusers, a part that does not have it is read
 * by its plain names, and one part must have it.
 *
 * @param label The model's. @param onWarning Told of the parts that do not have it.
 * @throws {OptionError} listing the variants that are there, when no part has it.
 */
export function checkFound(
  label: string,
  variant: string,
  parts: readonly OpenedPart[],
  onWarning?: (message: string) => void,
): void {
  const others = parts.filter(({ checkpoint }) => checkpoint.variant !== variant).map(({ name }) => name);
  if (others.length === parts.length) {
    const there = [...new Set(parts.flatMap(({ checkpoint }) => checkpoint.variants)), 'plain names'].join(', ');
    throw new OptionError(
      `variant is ${JSON.stringify(variant)}, which no part of ${label} has; its weights are there as: ${there}.`,
      'Pass one of these variants, or none for plain names.',
    );
  }
  if (others.length > 0) {
    onWarning?.(`${label} has no variant ${variant} of ${others.join(', ')}: plain files are read for it.`);
  }
}
