import { afterEach, describe, expect, it } from 'vitest';
import { IntegrityError, SourceError, WeightsError } from '../../../src/errors.ts';
import { openCheckpoint } from '../../../src/weights/checkpoint.ts';
import { packF16 } from '../../../src/weights/dtypes.ts';
import { decode } from '../../../src/weights/formats.ts';
import type { ManifestFile } from '../../../src/weights/manifest.ts';
import { MissingFileError, sourceFromFiles, sourceFromUrl, type WeightSource } from '../../../src/weights/source.ts';
import { expectBytes, f32, listed, noise, safetensors, serve, type TestServer, type TestTensor } from './support.ts';

const NAME = 'diffusion_pytorch_model.safetensors';
const INDEX = 'diffusion_pytorch_model.safetensors.index.json';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const folder = (files: Record<string, Uint8Array<ArrayBuffer>>) =>
  sourceFromFiles(Object.entries(files).map(([name, bytes]) => new File([bytes], name)));
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const raw = (name: string, count: number, seed: number): TestTensor => ({
  name,
  dtype: 'U8',
  shape: [count],
  bytes: noise(count, seed),
});

/** All wanted tensors of a source's top folder, by name. */
async function readAll(source: WeightSource, files?: ManifestFile[], wanted: (name: string) => boolean = () => true) {
  const checkpoint = await openCheckpoint(source, '', { files });
  const got = new Map<string, Uint8Array>();
  await checkpoint.stream(
    (info) => wanted(info.name),
    (info, bytes) => void got.set(info.name, bytes),
  );
  return got;
}

const three = [raw('a', 1000, 1), raw('b', 70_000, 2), f32('c', [2, 2], [1, 2, 3, 4])];

describe('openCheckpoint', () => {
  it.each([NAME, 'model.safetensors'])('finds %s', async (name) => {
    const checkpoint = await openCheckpoint(folder({ [name]: safetensors(three) }), '');
    expect([...checkpoint.tensors.keys()]).toEqual(['a', 'b', 'c']);
    expect(checkpoint.bytes).toBe(1000 + 70_000 + 16);
    expect(checkpoint.tensors.get('c')).toMatchObject({ dtype: 'F32', shape: [2, 2], file: name });
  });

  it('says which names it tried', async () => {
    const failure = openCheckpoint(folder({ 'model.bin': noise(9) }), '');
    await expect(failure).rejects.toThrow(MissingFileError);
    await expect(failure).rejects.toThrow(/holds none of diffusion_pytorch_model\.safetensors, model\.safetensors/);
  });

  it('tries only what the manifest lists', async () => {
    const file = safetensors(three);
    server = await serve({ [`t/${NAME}`]: file });
    await openCheckpoint(sourceFromUrl(server.url), 't', { files: [listed(`t/${NAME}`, file)] });
    expect(server.requests.map(({ range }) => range)).toEqual(['bytes=0-7', expect.stringMatching(/^bytes=8-/)]);
  });

  it.each<[string, Uint8Array<ArrayBuffer>, RegExp]>([
    ['a truncated header', safetensors(three).slice(0, 100), /header has \d+ bytes, but the whole file has 100/],
    ['truncated data', safetensors(three).slice(0, -1), /truncated: its tensors take 71016 bytes, but 71015 follow/],
    ['a corrupt header', safetensors(three).fill(0xff, 20, 40), /not JSON in UTF-8/],
    [
      'overlapping tensors',
      safetensors(three, (header) => Object.assign(header.b as object, { data_offsets: [999, 70_999] })),
      /tensor "b" overlaps "a"/,
    ],
    [
      'a mislabelled dtype',
      safetensors(three, (header) => Object.assign(header.c as object, { dtype: 'F16' })),
      /tensor "c": shape \[2,2\] in F16 takes 8 bytes, but data_offsets give it 16/,
    ],
  ])('refuses %s', async (_, bytes, message) => {
    const failure = openCheckpoint(folder({ [NAME]: bytes }), '');
    await expect(failure).rejects.toThrow(WeightsError);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(NAME);
  });

  it('refuses a file of a few bytes', async () => {
    await expect(openCheckpoint(folder({ [NAME]: noise(7) }), '')).rejects.toThrow(/ends at byte 7/);
  });

  it('refuses a file whose length is not the manifest’s before reading it', async () => {
    const file = safetensors(three);
    const failure = openCheckpoint(folder({ [NAME]: file }), '', { files: [listed(NAME, file.slice(1))] });
    await expect(failure).rejects.toThrow(IntegrityError);
    await expect(failure).rejects.toThrow(`has ${file.length} bytes, but the manifest says ${file.length - 1}`);
  });
});

describe('shards', () => {
  const one = safetensors(three.slice(0, 2));
  const two = safetensors(three.slice(2));
  const map = { a: 'm-1.safetensors', b: 'm-1.safetensors', c: 'm-2.safetensors' };
  const shards = (weight_map: unknown, second = two) =>
    folder({ [INDEX]: json({ weight_map }), 'm-1.safetensors': one, 'm-2.safetensors': second });

  it('are read as one checkpoint', async () => {
    const got = await readAll(shards(map));
    for (const { name, bytes } of three) expectBytes(got.get(name), bytes);
  });

  it.each<[string, WeightSource, RegExp]>([
    ['a tensor that no shard has', shards({ ...map, d: 'm-2.safetensors' }), /tensor d is in m-2\.safetensors, but no/],
    [
      'a tensor in another shard',
      shards({ ...map, a: 'm-2.safetensors' }),
      /a is in m-2\.safetensors, but m-1\.safetensors has/,
    ],
    ['a tensor that is in two', shards(map, safetensors([...three.slice(0, 1), ...three.slice(2)])), /a is in two/],
    ['a shard elsewhere', shards({ ...map, a: '../m-1.safetensors' }), /tensor a is "\.\.\/m-1\.safetensors"/],
    ['an index without a map', folder({ [INDEX]: json([]) }), /no object "weight_map"/],
  ])('are refused for %s', async (_, source, message) => {
    const failure = openCheckpoint(source, '');
    await expect(failure).rejects.toThrow(WeightsError);
    await expect(failure).rejects.toThrow(message);
  });

  it('are refused when one is missing', async () => {
    const source = folder({ [INDEX]: json({ weight_map: map }), 'm-1.safetensors': one });
    await expect(openCheckpoint(source, '')).rejects.toThrow(/no file m-2\.safetensors/);
  });
});

describe('Checkpoint.stream', () => {
  const many = Array.from({ length: 40 }, (_, i) => raw(`t${i}`, 1 + ((i * 7919) % 30_000), i));
  const empty = { name: 'none', dtype: 'F32', shape: [0, 4], bytes: new Uint8Array(0) };
  const file = safetensors([...many, empty]);

  it.each([
    ['a file', folder({ [NAME]: file }), undefined],
    ['a file with a hash', folder({ [NAME]: file }), [listed(NAME, file)]],
  ])('gives every byte of %s', async (_, source, files) => {
    const got = await readAll(source, files);
    expect([...got.keys()]).toEqual([...many, empty].map(({ name }) => name));
    for (const { name, bytes } of many) expectBytes(got.get(name), bytes);
  });

  it('gives only what is wanted, and asks a server for no more', async () => {
    const tensors = [raw('a', 100, 1), raw('huge', 3_000_000, 2), raw('z', 100, 3)];
    const bytes = safetensors(tensors);
    server = await serve({ [NAME]: bytes });
    const got = await readAll(sourceFromUrl(server.url), undefined, (name) => name !== 'huge');
    expect([...got.keys()]).toEqual(['a', 'z']);
    expectBytes(got.get('z'), tensors[2]?.bytes);
    const z = bytes.length - 100;
    expect(server.requests.map(({ range }) => range)).toContain(`bytes=${z}-${z + 99}`);
  });

  it('reads a server that ignores Range', async () => {
    server = await serve({ [NAME]: file }, { ignoreRange: true });
    const got = await readAll(sourceFromUrl(server.url), undefined, (name) => name.endsWith('9'));
    expect([...got.keys()]).toEqual(['t9', 't19', 't29', 't39']);
    expectBytes(got.get('t39'), many[39]?.bytes);
  });

  it('reports bytes up to the total', async () => {
    const reports: [number, number, string][] = [];
    const checkpoint = await openCheckpoint(folder({ [NAME]: file }), '');
    const onBytes = (...report: [number, number, string]) => void reports.push(report);
    await checkpoint.stream(
      () => true,
      () => {},
      { onBytes },
    );
    expect(reports.at(-1)).toEqual([checkpoint.bytes, checkpoint.bytes, 'disk']);
    expect(reports.every(([loaded], i) => loaded > (reports[i - 1]?.[0] ?? 0))).toBe(true);
  });

  it('throws IntegrityError at the end of a file with one bit changed', async () => {
    const changed = file.slice();
    changed[file.length - 5] = (changed[file.length - 5] as number) ^ 1;
    const failure = readAll(folder({ [NAME]: changed }), [listed(NAME, file)]);
    await expect(failure).rejects.toThrow(IntegrityError);
    await expect(failure).rejects.toThrow(/SHA-256 [0-9a-f]{64}, but the manifest says [0-9a-f]{64}/);
  });

  it('never runs ahead of a slow receiver by more than one tensor', async () => {
    const size = 200_000;
    const tensors = Array.from({ length: 8 }, (_, i) => raw(`t${i}`, size, i));
    const bytes = safetensors(tensors);
    const chunk = 16_384;
    let pulled = 0;
    // A source that counts what is taken from it, and queues nothing.
    const counting: WeightSource = {
      label: 'counting',
      origin: 'disk',
      open: async (_, range) => {
        let at = range?.start ?? 0;
        const end = range?.end ?? bytes.length;
        const stream = new ReadableStream<Uint8Array>(
          {
            pull(controller) {
              const piece = bytes.slice(at, Math.min(at + chunk, end));
              at += piece.length;
              if (piece.length === 0) return controller.close();
              pulled += piece.length;
              controller.enqueue(piece);
            },
          },
          { highWaterMark: 0 },
        );
        return { stream, start: range?.start ?? 0, totalBytes: bytes.length, origin: 'disk' };
      },
    };
    for (const files of [undefined, [listed(NAME, bytes)]]) {
      const named: WeightSource = { ...counting };
      const checkpoint = await openCheckpoint(named, '', { files });
      pulled = 0;
      let delivered = 0;
      let inFlight = 0;
      let worst = 0;
      await checkpoint.stream(
        () => true,
        async (_, tensor) => {
          expect(++inFlight).toBe(1);
          delivered += tensor.length;
          await new Promise((resolve) => setTimeout(resolve, 5));
          worst = Math.max(worst, pulled - delivered);
          inFlight--;
        },
      );
      expect(delivered).toBe(8 * size);
      expect(worst).toBeGreaterThan(0); // chunks do not end where tensors do
      expect(worst).toBeLessThanOrEqual(chunk + bytes.length - 8 * size); // one chunk, and the header of a whole read
    }
  });

  it('stops with the signal’s reason between and within tensors, and passes on what deliver throws', async () => {
    const reason = new Error('stop');
    const controller = new AbortController();
    const checkpoint = await openCheckpoint(folder({ [NAME]: file }), '');
    let count = 0;
    const stopping = checkpoint.stream(
      () => true,
      () => {
        if (++count === 3) controller.abort(reason);
      },
      { signal: controller.signal },
    );
    await expect(stopping).rejects.toBe(reason);
    expect(count).toBeLessThan(many.length);
    const failing = () => Promise.reject(reason);
    await expect(checkpoint.stream(() => true, failing)).rejects.toBe(reason);
    await expect(openCheckpoint(folder({ [NAME]: file }), '', { signal: controller.signal })).rejects.toBe(reason);
  });

  it('names a file that ends early where its size was not known', async () => {
    const whole = safetensors(three);
    const hidden: WeightSource = {
      ...folder({ [NAME]: whole.slice(0, -20) }),
      open: async (...request) => ({
        ...(await folder({ [NAME]: whole.slice(0, -20) }).open(...request)),
        totalBytes: undefined,
      }),
    };
    await expect(readAll(hidden)).rejects.toThrow(SourceError);
  });
});

describe('Checkpoint.readRows', () => {
  const height = 60_000;
  const values = new Float32Array(height * 4).map((_, i) => Math.fround(i / 8));
  const half = packF16(values.map((value) => value % 256));
  const tensors: TestTensor[] = [
    raw('pad', 3, 1),
    { name: 'f32', dtype: 'F32', shape: [height, 4], bytes: new Uint8Array(values.buffer) },
    { name: 'f16', dtype: 'F16', shape: [height, 4], bytes: new Uint8Array(half.buffer) },
  ];
  const file = safetensors(tensors);
  const rows = [59_999, 5, 6, 5, 0, 30_000];
  const expected = (from: Float32Array) => rows.flatMap((row) => [...from.subarray(row * 4, row * 4 + 4)]);

  it.each([false, true])('gives rows in the order asked; server ignores Range: %s', async (ignoreRange) => {
    server = await serve({ [NAME]: file }, { ignoreRange });
    const checkpoint = await openCheckpoint(sourceFromUrl(server.url), '', { files: [listed(NAME, file)] });
    server.requests.length = 0;
    expect([...(await checkpoint.readRows('f32', rows))]).toEqual(expected(values));
    // 0, 5 and 6 are near: three ranges. Where ranges are ignored: one pass for the first, one for the rest.
    expect(server.requests.length).toBe(ignoreRange ? 2 : 3);
    expect([...(await checkpoint.readRows('f16', rows))]).toEqual(
      expected(decode(new Uint8Array(half.buffer), { dtype: 'F16' })),
    );
  });

  it('gives no rows for none', async () => {
    const checkpoint = await openCheckpoint(folder({ [NAME]: file }), '');
    expect((await checkpoint.readRows('f32', [])).length).toBe(0);
  });

  it('refuses rows and tensors that are not there', async () => {
    const checkpoint = await openCheckpoint(folder({ [NAME]: file }), '');
    await expect(checkpoint.readRows('f32', [60_000])).rejects.toThrow(/row 60000 of f32 .* rows 0 to 59999/);
    await expect(checkpoint.readRows('f32', [-1])).rejects.toThrow(WeightsError);
    await expect(checkpoint.readRows('f64', [0])).rejects.toThrow(/f64 is missing/);
    await expect(checkpoint.readRows('pad', [0])).rejects.toThrow(/pad has shape \[3\]/);
    const reason = new Error('stop');
    await expect(checkpoint.readRows('f32', [0], AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
