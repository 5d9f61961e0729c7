/**
 * The header of a GGUF file (versions 2 and 3) from a stranger: checked before a byte behind it is used.
 *
 * Magic, version, two counts, key-value pairs, and an entry for each tensor; then, aligned, the tensors' data.
 *
 * @module
 */

import { WeightsError } from '../../errors.ts';
import type { TensorInfo } from '../tensor-entry.ts';
import type { Cursor } from './cursor.ts';
import { TENSOR_TYPES, type TensorType } from './tensor-types.ts';

/** Types of values: numbers by bytes and kind; 8 is text, 9 a list. */
const NUMBERS: Readonly<Record<number, readonly [bytes: number, kind: 'unsigned' | 'signed' | 'float']>> = {
  0: [1, 'unsigned'],
  1: [1, 'signed'],
  2: [2, 'unsigned'],
  3: [2, 'signed'],
  4: [4, 'unsigned'],
  5: [4, 'signed'],
  6: [4, 'float'],
  7: [1, 'unsigned'],
  10: [8, 'unsigned'],
  11: [8, 'signed'],
  12: [8, 'float'],
};
const [TEXT, LIST] = [8, 9];

/** ggml has four; files for image and video models add one. */
const MOST_AXES = 8;

/** More are in no file, and would fill the memory. */
const MOST_TENSORS = 1_000_000;

/** Lists of numbers up to this long are kept, such as shapes; a vocabulary is passed over. */
const KEPT_LIST = 16;

/** Where a tensor had another shape before it was stored, as converters for image and video models note it. */
const SHAPE_KEY = 'comfy.gguf.orig_shape.';

type Value = number | string | readonly number[] | undefined;

/**
 * Parses and checks a header.
 *
 * @param file Path for messages and for `TensorInfo.file`. @param cursor At the file's beginning. @param totalBytes Size of the
 * file, where known.
 * @returns the tensors by name, in the order of their data. @throws MoreNeeded when the header is longer than the bytes that
 * are there; WeightsError that names file, tensor, rule and numbers.
 */
export function parseGgufHeader(
  file: string,
  cursor: Cursor,
  totalBytes: number | undefined,
): ReadonlyMap<string, TensorInfo> {
  const wrong = (problem: string) => damaged(file, problem);
  try {
    return parse(file, cursor, totalBytes, wrong);
  } catch (error) {
    if (error instanceof RangeError) throw wrong(`has a count that cannot be, at byte ${cursor.at}: ${error.message}`);
    throw error;
  }
}

/** The error for a header that breaks a rule. @param problem What follows the file's name. */
export function damaged(file: string, problem: string): WeightsError {
  return new WeightsError(`${file} ${problem}.`, 'The file is damaged or not GGUF: download or export it again.');
}

type Wrong = (problem: string) => WeightsError;

function parse(file: string, cursor: Cursor, totalBytes: number | undefined, wrong: Wrong): Map<string, TensorInfo> {
  cursor.take(4);
  const version = cursor.u32();
  if (version !== 2 && version !== 3) {
    const swapped = version === 0x02000000 || version === 0x03000000;
    throw new WeightsError(
      `${file} is GGUF ${swapped ? 'in big-endian order' : `version ${version}`}; versions 2 and 3 are read, little-endian.`,
      'Convert the file with a current gguf-py or llama.cpp.',
    );
  }
  const count = cursor.u64();
  if (count > MOST_TENSORS) throw wrong(`says that it has ${count} tensors; at most ${MOST_TENSORS} are allowed`);
  const values = readValues(cursor, cursor.u64(), wrong);
  const parts = values.get('split.count');
  if (typeof parts === 'number' && parts > 1) {
    throw new WeightsError(
      `${file} is one of ${parts} parts of a GGUF file.`,
      'Join them, with `llama-gguf-split --merge`.',
    );
  }
  const alignment = values.get('general.alignment') ?? 32;
  if (typeof alignment !== 'number' || !Number.isInteger(alignment) || alignment < 1) {
    throw wrong(`has general.alignment ${String(alignment)}, not a whole number from 1 on`);
  }
  const entries = Array.from({ length: count }, () => readEntry(cursor, wrong));
  const dataStart = Math.ceil(cursor.at / alignment) * alignment;
  const tensors = entries.map(({ name, type, axes, offset }): TensorInfo => {
    const elements = axes.reduce((product, size) => product * size, 1);
    const bytes = (elements / type.blockSize) * type.blockBytes;
    const fail = (rule: string) => wrong(`tensor ${JSON.stringify(name)}: ${rule}`);
    if (!Number.isSafeInteger(elements)) throw fail(`[${axes}] are more than 2^53 - 1 numbers`);
    if ((axes[0] ?? 1) % type.blockSize !== 0) {
      throw fail(`rows of ${axes[0]} numbers are no whole blocks of ${type.name}, which are ${type.blockSize}`);
    }
    if (offset % alignment !== 0) throw fail(`it begins at data byte ${offset}, not a multiple of ${alignment}`);
    const [start, end] = [dataStart + offset, dataStart + offset + bytes];
    if (!Number.isSafeInteger(end)) throw fail('it ends beyond 2^53 - 1');
    // Rows come first in the file's order of axes, and last in everybody else's.
    const stored = [...axes].reverse();
    const shape = originalShape(values.get(SHAPE_KEY + name)) ?? stored;
    if (shape.reduce((product, size) => product * size, 1) !== elements) {
      throw fail(`${SHAPE_KEY}${name} is [${shape}], but [${stored}] are stored`);
    }
    return { name, dtype: type.name, ...(type.format && { format: type.format }), shape, file, start, end };
  });
  tensors.sort((a, b) => a.start - b.start || a.end - b.end);
  checkLayout(tensors, dataStart, totalBytes, wrong);
  return new Map(tensors.map((tensor) => [tensor.name, tensor]));
}

function readValues(cursor: Cursor, count: number, wrong: Wrong): Map<string, Value> {
  const values = new Map<string, Value>();
  for (let i = 0; i < count; i++) {
    const key = cursor.string();
    values.set(key, readValue(cursor, cursor.u32(), wrong));
  }
  return values;
}

function readValue(cursor: Cursor, type: number, wrong: Wrong): Value {
  const number = NUMBERS[type];
  if (number) return cursor.number(...number);
  if (type === TEXT) return cursor.string();
  if (type !== LIST) throw wrong(`has a value of type ${type} at byte ${cursor.at}, which GGUF does not have`);
  const [itemType, length] = [cursor.u32(), cursor.u64()];
  const item = NUMBERS[itemType];
  if (item && length > KEPT_LIST) return void cursor.take(length * item[0]);
  if (item) return Array.from({ length }, () => cursor.number(...item));
  for (let i = 0; i < length; i++) {
    if (itemType === TEXT) cursor.take(cursor.u64());
    else readValue(cursor, itemType, wrong);
  }
  return undefined;
}

interface Entry {
  readonly name: string;
  readonly type: TensorType;
  /** As in the file: a row's numbers first. */
  readonly axes: readonly number[];
  readonly offset: number;
}

function readEntry(cursor: Cursor, wrong: Wrong): Entry {
  const name = cursor.string();
  const count = cursor.u32();
  if (count > MOST_AXES)
    throw wrong(`tensor ${JSON.stringify(name)} has ${count} axes; at most ${MOST_AXES} are allowed`);
  const axes = Array.from({ length: count }, () => cursor.u64());
  const id = cursor.u32();
  const type = TENSOR_TYPES[id];
  if (!type) throw wrong(`tensor ${JSON.stringify(name)} is of type ${id}, which is not known`);
  return { name, type, axes, offset: cursor.u64() };
}

function originalShape(value: Value): readonly number[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

function checkLayout(
  tensors: readonly TensorInfo[],
  dataStart: number,
  totalBytes: number | undefined,
  wrong: Wrong,
): void {
  const names = new Set<string>();
  let [position, before] = [dataStart, 'the header'];
  for (const { name, start, end } of tensors) {
    const shown = JSON.stringify(name);
    if (names.has(name)) throw wrong(`has tensor ${shown} twice`);
    if (start < position)
      throw wrong(`tensor ${shown} overlaps ${before}: it begins at byte ${start}, which ends at ${position}`);
    names.add(name);
    [position, before] = [end, shown];
  }
  if (totalBytes !== undefined && position > totalBytes) {
    throw wrong(`is truncated: its tensors end at byte ${position}, but it has ${totalBytes}`);
  }
}
