import { IntegrityError, UnsupportedModelError } from '../errors.ts';
import { lazy } from '../lazy.ts';
import type { CheckedSource } from './checked-source.ts';
import { readBytes, streamRanges } from './read.ts';
import { LENGTH_BYTES, parseHeaderLength, parseSafetensorsHeader, type TensorInfo } from './safetensors.ts';
import { MissingFileError } from './source-types.ts';

/** How what `torch.save` writes begins: a zip file, and before that a pickle. */
const PYTORCH = ['PK\u0003\u0004', '\u0080\u0002'];

/**
 * Reads and checks the header of a file of weights, safetensors or GGUF, told apart by their first bytes.
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
  const beginning = new TextDecoder('latin1').decode(prefix);
  if (/^\s*<[!?a-z]/i.test(beginning)) {
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
  if (beginning.startsWith('GGUF')) {
    const { readGgufHeader } = await lazy('GGUF files', import('./gguf/gguf.ts'));
    return readGgufHeader(source, path, totalBytes, signal);
  }
  if (PYTORCH.some((start) => beginning.startsWith(start))) {
    throw new UnsupportedModelError(
      `${source.label}: ${path} is a file of PyTorch, which can run any code that it holds.`,
      'Save its tensors as safetensors: `safetensors.torch.save_file(torch.load(path, weights_only=True), out)`.',
    );
  }
  const headerBytes = parseHeaderLength(path, prefix.subarray(0, length), totalBytes);
  const dataStart = LENGTH_BYTES + headerBytes;
  const header = await readBytes(source, path, { start: LENGTH_BYTES, end: dataStart }, signal);
  const dataBytes = totalBytes === undefined ? undefined : totalBytes - dataStart;
  return parseSafetensorsHeader(path, header, dataBytes).tensors;
}
