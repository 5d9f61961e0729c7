/**
 * The names that diffusers and transformers give to a folder's weights: one file or an index of shards, plain or of a
 * variant, as `save_pretrained(variant='fp16')` writes them beside or instead of the plain ones.
 *
 * @module
 */

import { OptionError } from '../errors.ts';

/** A file that a folder's weights can be opened by; shards are found by the index, whatever they are called. */
export interface WeightName {
  readonly name: string;
  readonly isIndex: boolean;
  /** Absent for plain names. */
  readonly variant?: string | undefined;
}

/** How a file of weights ends, whatever its name; a shard is none without its index. */
const WEIGHTS = /(?<!-\d+-of-\d+)\.(?:safetensors|gguf)$/i;

const STEMS = ['diffusion_pytorch_model', 'model'];

/** Variants that are tried where a source cannot list its files, those that publishers use most first. */
const USUAL_VARIANTS = ['fp16', 'bf16', 'fp32'];

/** Checks the option `variant`. @throws {OptionError} for what can be no part of a file's name. */
export function checkVariant(variant: string | undefined): void {
  if (variant === undefined || (typeof variant === 'string' && /^[\w-]+(?:\.[\w-]+)*$/.test(variant))) return;
  throw new OptionError(
    `variant is ${JSON.stringify(variant)}.`,
    "Pass what stands in the files' names before .safetensors, such as 'fp16'; leave it out for plain names.",
  );
}

/**
 * The names by which a folder's weights may be found, in the order in which they are tried: those of the variant that is
 * wanted, then plain ones, then those of the one variant that there is, then the one file of weights, whatever its name.
 *
 * @param label The folder, for messages. @param names The names of its files, where they are known.
 * @throws {OptionError} listing the variants or files that are there, when that leaves a choice.
 */
export function candidateNames(label: string, names: readonly string[] | undefined, variant?: string): WeightName[] {
  const wanted = [...(variant === undefined ? [] : weightNames(variant)), ...weightNames()];
  if (!names) return variant === undefined ? [...wanted, ...USUAL_VARIANTS.flatMap((one) => weightNames(one))] : wanted;
  const there = (candidates: readonly WeightName[]) => candidates.filter(({ name }) => names.includes(name));
  const found = there(wanted);
  if (found.length > 0) return found;
  const variants = variantsOf(names);
  if (variants.length === 0) return freeNames(label, names);
  if (variants.length === 1 && variant === undefined) {
    return there(variants.flatMap((one) => weightNames(one)));
  }
  throw openChoice(label, variants, variant);
}

/** The error for a folder whose weights are there only as variants. @param variant The one that was asked for. */
export function openChoice(label: string, variants: readonly string[], variant: string | undefined): OptionError {
  const asked = variant === undefined ? '' : ` variant is ${JSON.stringify(variant)}.`;
  return new OptionError(
    `${label} holds its weights only as ${variants.join(', ')}.${asked}`,
    `Pass variant: ${JSON.stringify(variants[0])}${variants.length > 1 ? ', say' : ''}.`,
  );
}

/** The one file of weights in a folder without usual names, as other programs save them. */
function freeNames(label: string, names: readonly string[]): WeightName[] {
  const found = names.filter((name) => WEIGHTS.test(name));
  if (found.length < 2) return found.map((name) => ({ name, isIndex: false }));
  throw new OptionError(
    `${label} holds ${found.length} files of weights, none by its usual name: ${found.slice(0, 5).join(', ')}.`,
    `Pass the one to use as a part: { ..., transformer: file }.`,
  );
}

/** What a folder was searched for, in words. */
export function searchedNames(variant?: string): string {
  const plain = weightNames().map(({ name }) => name);
  return `${plain.join(', ')}, ${variant === undefined ? 'or a variant' : `or ${variant}`} of them`;
}

/** The names of a variant's weights, or plain ones, in the order in which they are tried. */
function weightNames(variant?: string): WeightName[] {
  const named = (isIndex: boolean, name: (stem: string) => string) =>
    STEMS.map((stem): WeightName => ({ name: name(stem), isIndex, ...(variant !== undefined && { variant }) }));
  if (variant === undefined) {
    return [
      ...named(false, (stem) => `${stem}.safetensors`),
      ...named(true, (stem) => `${stem}.safetensors.index.json`),
      ...named(false, (stem) => `${stem}.gguf`),
    ];
  }
  return [
    ...named(false, (stem) => `${stem}.${variant}.safetensors`),
    ...named(true, (stem) => `${stem}.safetensors.index.${variant}.json`),
    // As diffusers named it before 0.31.
    ...named(true, (stem) => `${stem}.safetensors.${variant}.index.json`),
  ];
}

/** The variants that some of the names are of, sorted. */
export function variantsOf(names: readonly string[]): string[] {
  const stem = `^(?:${STEMS.join('|')})\\.`;
  const shard = /-\d+-of-\d+$/;
  const patterns = ['(.+)\\.safetensors$', 'safetensors\\.index\\.(.+)\\.json$', 'safetensors\\.(.+)\\.index\\.json$'];
  const found = names.flatMap((name) => patterns.map((pattern) => new RegExp(stem + pattern).exec(name)?.[1] ?? ''));
  return [...new Set(found.filter((variant) => variant !== '' && !shard.test(variant)))].sort();
}
