import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../scripts/setup/system.mjs';
import { MissingFileError, type WeightSource } from '../../src/weights/source.ts';

/** What `test/fixtures/wan-1.3b/make.py` writes. */
interface Layout {
  readonly scheduler: object;
  readonly parts: Readonly<Record<string, { className: string; config: object; shapes: Record<string, number[]> }>>;
}

/** A folder with the headers of a model's weights and nothing behind them. */
export interface LayoutSource extends WeightSource {
  /** Bytes read so far that are no header and no configuration. */
  readonly weightBytesRead: number;
}

const BYTES: Readonly<Record<string, number>> = { F32: 4, BF16: 2, F16: 2, F8_E4M3: 1, F8_E8M0: 1 };
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)) as Uint8Array<ArrayBuffer>;

/**
 * Wan2.1-T2V-1.3B as a folder, its weights all zeros: 16 GB in BF16, of which nothing is on the disk or in memory.
 *
 * @param dtype Format of each part's weights, by the part's name.
 */
export async function wanLayoutSource(dtype: Readonly<Record<string, string>> = {}): Promise<LayoutSource> {
  const layout = JSON.parse(await readFile(join(ROOT, 'test/fixtures/wan-1.3b/layout.json'), 'utf8')) as Layout;
  const tokenizer = (name: string) => readFile(join(ROOT, 'models/shapes/tokenizer', name));
  const files = new Map<string, { head: Uint8Array<ArrayBuffer>; zeros: number }>();
  const small = (path: string, head: Uint8Array<ArrayBuffer>) => files.set(path, { head, zeros: 0 });
  const index: Record<string, unknown> = { _class_name: 'WanPipeline', tokenizer: ['transformers', 'T5TokenizerFast'] };
  for (const [name, { className, config, shapes }] of Object.entries(layout.parts)) {
    index[name] = [name === 'text_encoder' ? 'transformers' : 'diffusers', className];
    small(`${name}/config.json`, encode(config));
    const stem = name === 'text_encoder' ? 'model' : 'diffusion_pytorch_model';
    files.set(`${name}/${stem}.safetensors`, weightsFile(shapes, dtype[name] ?? 'BF16'));
  }
  small('model_index.json', encode(index));
  small('scheduler/scheduler_config.json', encode(layout.scheduler));
  for (const name of ['tokenizer.json', 'tokenizer_config.json']) {
    small(`tokenizer/${name}`, new Uint8Array(await tokenizer(name)));
  }
  let weightBytesRead = 0;
  return {
    label: 'wan-1.3b',
    origin: 'disk',
    get weightBytesRead() {
      return weightBytesRead;
    },
    async open(path, range, signal) {
      signal?.throwIfAborted();
      const file = files.get(path);
      if (!file) throw new MissingFileError(`wan-1.3b has no ${path}.`, 'Add it.');
      const { head, zeros } = file;
      const start = range?.start ?? 0;
      const end = Math.min(range?.end ?? Number.POSITIVE_INFINITY, head.length + zeros);
      let at = start;
      const stream = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            if (at >= end) return controller.close();
            const isHead = at < head.length;
            const bytes = isHead ? head.slice(at, end) : new Uint8Array(Math.min(end - at, 2 ** 20));
            if (!isHead) weightBytesRead += bytes.length;
            at += bytes.length;
            controller.enqueue(bytes);
          },
        },
        { highWaterMark: 0 },
      );
      return { stream, start, totalBytes: head.length + zeros, origin: 'disk' };
    },
  };
}

function weightsFile(
  shapes: Record<string, number[]>,
  dtype: string,
): { head: Uint8Array<ArrayBuffer>; zeros: number } {
  let zeros = 0;
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const begin = zeros;
    zeros += shape.reduce((product, size) => product * size, BYTES[dtype] ?? 1);
    return [name, { dtype, shape, data_offsets: [begin, zeros] }];
  });
  const json = encode(Object.fromEntries(entries));
  const head = new Uint8Array(8 + json.length);
  new DataView(head.buffer).setBigUint64(0, BigInt(json.length), true);
  head.set(json, 8);
  return { head, zeros };
}
