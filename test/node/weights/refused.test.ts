import { afterEach, describe, expect, it } from 'vitest';
import { SourceError, UnsupportedModelError } from '../../../src/errors.ts';
import { loadTokenizer } from '../../../src/text/tokenizer.ts';
import { openCheckpoint } from '../../../src/weights/checkpoint.ts';
import { MissingFileError, sourceFromUrl } from '../../../src/weights/source.ts';
import { f32, noise, safetensors, serve, type TestServer } from './support.ts';

const SHARD = 'part/model-00001-of-00001.safetensors';
const sharded = {
  [SHARD]: safetensors([f32('a', [1], [7])]),
  'part/model.safetensors.index.json': new TextEncoder().encode(
    JSON.stringify({ weight_map: { a: 'model-00001-of-00001.safetensors' } }),
  ),
};

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Answers `status` for what it does not have; `page` with it. */
async function store(files: Record<string, Uint8Array>, status: number, page = '<Error/>', type = 'application/xml') {
  server = await serve(files, {
    handle: (request, response) => {
      if (files[(request.url ?? '').slice(1)]) return false;
      response.writeHead(status, type ? { 'content-type': type } : {}).end(page);
      return true;
    },
  });
  return sourceFromUrl(server.url);
}

describe.each([401, 403])('a server that answers %i for what it does not have', (status) => {
  it('gives shards, and a variant', async () => {
    expect((await openCheckpoint(await store(sharded, status), 'part')).tensors.size).toBe(1);
    await server?.close();
    const variant = { 'part/diffusion_pytorch_model.bf16.safetensors': sharded[SHARD] as Uint8Array };
    expect((await openCheckpoint(await store(variant, status), 'part')).variant).toBe('bf16');
  });

  it('is said to refuse when none of the names is there', async () => {
    const failure = openCheckpoint(await store({}, status), 'part');
    await expect(failure).rejects.toThrow(SourceError);
    await expect(failure).rejects.not.toBeInstanceOf(MissingFileError);
    await expect(failure).rejects.toThrow(new RegExp(`HTTP ${status} .*Ask for access.*check the folder's address`));
  });

  it('refuses a shard that an index names', async () => {
    const { [SHARD]: _, ...index } = sharded;
    await expect(openCheckpoint(await store(index, status), 'part')).rejects.toThrow(
      new RegExp(`00001-of-00001\\.safetensors answered HTTP ${status}`),
    );
    const last = server?.requests.at(-1)?.path;
    expect(last).toBe(SHARD);
  });

  it('has a tokenizer as spiece.model only', async () => {
    const source = await store({ 'tokenizer/spiece.model': noise(9) }, status);
    await expect(loadTokenizer(source)).rejects.toThrow(UnsupportedModelError);
    await server?.close();
    await expect(loadTokenizer(await store({}, status))).rejects.toThrow(/tokenizer\.json answered HTTP .*Ask for/);
  });
});

it.each(['text/html', ''])('a page of HTML for what is not there is the next name: content type "%s"', async (type) => {
  const page = '<!doctype html><title>app</title>'.padEnd(600);
  expect((await openCheckpoint(await store(sharded, 200, page, type), 'part')).tensors.size).toBe(1);
  await server?.close();
  const { [SHARD]: _, ...index } = sharded;
  const failure = openCheckpoint(await store(index, 200, page, type), 'part');
  await expect(failure).rejects.toThrow(MissingFileError);
  await expect(failure).rejects.toThrow(/00001-of-00001\.safetensors is .*HTML/);
});

it('a failing server is asked for no further name', async () => {
  await expect(openCheckpoint(await store(sharded, 503, ''), 'part')).rejects.toThrow(/HTTP 503 .*Try again later/);
  expect(server?.requests.length).toBe(1);
});
