import type { ByteRange, OpenedFile, WeightSource } from './source-types.ts';
import { chunksOf, joinChunks } from './streams.ts';

/** Longer reads are of weights, and not kept. */
const MOST_BYTES = 2 ** 25;

/** A source that reads each configuration and header once, however often it is asked: for opening a model in several ways. */
export function rememberedSource(source: WeightSource): WeightSource {
  const kept = new Map<string, Promise<OpenedFile & { readonly bytes: Uint8Array<ArrayBuffer> }>>();
  const read = async (path: string, range: ByteRange | undefined, signal: AbortSignal | undefined) => {
    const opened = await source.open(path, range, signal);
    const chunks: Uint8Array[] = [];
    const most = range?.end === undefined ? Number.POSITIVE_INFINITY : range.end - opened.start;
    let length = 0;
    for await (const chunk of chunksOf(opened.stream, signal)) {
      chunks.push(chunk);
      length += chunk.length;
      // A server that ignores ranges sends the whole file.
      if (length >= most) break;
    }
    return { ...opened, bytes: joinChunks(chunks, length) };
  };
  return {
    ...source,
    async open(path, range, signal) {
      const { start = 0, end } = range ?? {};
      const isShort = end === undefined ? start === 0 && path.endsWith('.json') : end <= MOST_BYTES;
      if (!isShort) return source.open(path, range, signal);
      const key = `${start}-${end} ${path}`;
      const reading = kept.get(key) ?? read(path, range, signal);
      kept.set(key, reading);
      const { bytes, ...opened } = await reading;
      return { ...opened, stream: new Blob([bytes]).stream() };
    },
  };
}
