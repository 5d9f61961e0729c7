/**
 * Little of large files: rows of a table too large to load, the embeddings of a prompt's tokens, and single small tensors.
 *
 * @module
 */

import { WeightsError } from '../errors.ts';
import type { CheckedSource } from './checked-source.ts';
import { decode, formatOf, unsupportedDtype } from './formats.ts';
import { joinSpans, type Span } from './ranges.ts';
import { type Piece, streamRanges } from './read.ts';
import type { TensorInfo } from './safetensors.ts';

/** Rows nearer than this are fetched together. */
const MAX_GAP_BYTES = 64 * 1024;

/** Requests at a time: what browsers open to one server. */
const LANES = 6;

/**
 * Rows of the 2-D tensor `name` as f32, [rows.length, columns], as `Checkpoint.readRows` promises.
 *
 * @throws WeightsError, UnsupportedModelError, SourceError; `signal.reason` on abort.
 */
export async function readRows(
  source: CheckedSource,
  tensors: ReadonlyMap<string, TensorInfo>,
  name: string,
  rows: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Float32Array<ArrayBuffer>> {
  const info = tensors.get(name);
  if (info?.shape.length !== 2) {
    throw new WeightsError(
      `${source.label}: ${name} ${info ? `has shape [${info.shape.join(', ')}] and is not a table` : 'is missing'}.`,
      'The checkpoint does not belong to this class of model.',
    );
  }
  const [height, width] = info.shape as [number, number];
  const wrong = rows.find((row) => !Number.isInteger(row) || row < 0 || row >= height);
  if (wrong !== undefined) {
    throw new WeightsError(
      `${source.label}: row ${wrong} of ${name} was asked for, which has rows 0 to ${height - 1}.`,
      'The tokenizer does not belong to this text encoder: their vocabularies differ.',
    );
  }
  const format = formatOf(info);
  if (!format) throw unsupportedDtype(`${source.label}: ${name} in ${info.file} is in ${info.dtype}`);
  const rowBytes = (width / format.blockSize) * format.blockBytes;
  const table = new RowTable(info.start, rowBytes, rows);
  await fetchSpans(source, info.file, table.spans(), signal, (piece) => table.add(piece));
  const unique = format.decode(table.bytes);
  const result = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    const at = table.slotOf(row) * width;
    result.set(unique.subarray(at, at + width), i * width);
  });
  return result;
}

/**
 * Small tensors of any files, each as f32, by name; those that lie near each other come together.
 *
 * @param wanted In formats that are read. @throws SourceError; `signal.reason` on abort.
 */
export async function readTensors(
  source: CheckedSource,
  wanted: readonly TensorInfo[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Float32Array>> {
  const found = new Map<string, Float32Array>();
  for (const file of new Set(wanted.map((info) => info.file))) {
    const tensors = wanted.filter((info) => info.file === file).sort((a, b) => a.start - b.start);
    const bytes = new Map(tensors.map((info) => [info, new Uint8Array(info.end - info.start)]));
    await fetchSpans(source, file, joinSpans(tensors, MAX_GAP_BYTES), signal, (piece) => {
      for (const [{ start, end }, own] of bytes) {
        const [from, to] = [Math.max(start, piece.offset), Math.min(end, piece.offset + piece.bytes.length)];
        if (from < to) own.set(piece.bytes.subarray(from - piece.offset, to - piece.offset), from - start);
      }
    });
    for (const [info, own] of bytes) found.set(info.name, decode(own, info));
  }
  return found;
}

/** The first span alone shows whether the source does ranges; only then do several lanes share the rest. */
async function fetchSpans(
  source: CheckedSource,
  file: string,
  spans: readonly Span[],
  signal: AbortSignal | undefined,
  take: (piece: Piece) => void,
): Promise<void> {
  let doesRanges = false;
  for await (const piece of streamRanges(source, file, spans.slice(0, 1), signal)) {
    take(piece);
    doesRanges = piece.opened.start > 0;
  }
  const rest = spans.slice(1);
  const laneCount = doesRanges ? LANES : 1;
  const fetchLane = async (_: unknown, lane: number) => {
    const share = rest.filter((_, i) => i % laneCount === lane);
    for await (const piece of streamRanges(source, file, share, signal)) take(piece);
  };
  await Promise.all(Array.from({ length: laneCount }, fetchLane));
}

/** The asked rows, each once, packed in ascending order. */
class RowTable {
  readonly #rows: readonly number[];
  readonly #slots: ReadonlyMap<number, number>;
  /** The rows' bytes, [unique rows, row bytes]. */
  readonly bytes: Uint8Array<ArrayBuffer>;

  constructor(
    private readonly tableStart: number,
    private readonly rowBytes: number,
    rows: readonly number[],
  ) {
    this.#rows = [...new Set(rows)].sort((a, b) => a - b);
    this.#slots = new Map(this.#rows.map((row, slot) => [row, slot]));
    this.bytes = new Uint8Array(this.#rows.length * rowBytes);
  }

  slotOf(row: number): number {
    return this.#slots.get(row) as number;
  }

  spans(): Span[] {
    const spans = this.#rows.map((row) => ({ start: this.#startOf(row), end: this.#startOf(row + 1) }));
    return joinSpans(spans, MAX_GAP_BYTES);
  }

  /** Takes the part of a piece that lies in asked rows. */
  add({ offset, bytes }: Piece): void {
    const end = offset + bytes.length;
    const firstRow = Math.floor((offset - this.tableStart) / this.rowBytes);
    for (let row = firstRow; this.#startOf(row) < end; row++) {
      const slot = this.#slots.get(row);
      if (slot === undefined) continue;
      const from = Math.max(this.#startOf(row), offset);
      const to = Math.min(this.#startOf(row + 1), end);
      this.bytes.set(bytes.subarray(from - offset, to - offset), slot * this.rowBytes + from - this.#startOf(row));
    }
  }

  #startOf(row: number): number {
    return this.tableStart + row * this.rowBytes;
  }
}
