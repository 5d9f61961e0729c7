import { IntegrityError } from '../errors.ts';
import type { CheckedSource } from './checked-source.ts';
import { readBytes, streamRanges } from './read.ts';
import { LENGTH_BYTES, parseHeaderLength, parseSafetensorsHeader, type TensorInfo } from './safetensors.ts';
import { MissingFileError } from './source-types.ts';

/**
 * Reads and checks the header of a safetensors file.
 *
 * @throws MissingFileError when there is none, or a page of HTML in its place; IntegrityError when its length is not the
 * manifest's; WeightsError when it is damaged; SourceError.
 */
export async function readHeader(
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
  if (/^\s*<[!?a-z]/i.test(new TextDecoder().decode(prefix))) {
    throw new MissingFileError(
      `${source.label}: ${path} is a page of HTML, not safetensors.`,
      'The server answers so for files it does not have: check the model folder’s address.',
    );
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
