/** A tensor for {@link ggufFile}: its axes as the file has them, a row's numbers first. */
export interface GgufTensor {
  readonly name: string;
  readonly axes: readonly number[];
  /** ggml's number of its type. */
  readonly type: number;
  readonly bytes: Uint8Array;
  /** Where it lies in the data; by default behind the one before. */
  readonly offset?: number;
}

/** A value of GGUF: a text, a number (u32), or a list of texts. */
type Value = string | number | readonly string[];

/** A small writer of GGUF version 3. */
export function ggufFile(
  tensors: readonly GgufTensor[],
  values: Readonly<Record<string, Value>> = {},
  version = 3,
): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  const u32 = (value: number) => void chunks.push(new Uint8Array(new Uint32Array([value]).buffer));
  const u64 = (value: number) => void chunks.push(new Uint8Array(new BigUint64Array([BigInt(value)]).buffer));
  const text = (value: string) => {
    const bytes = new TextEncoder().encode(value);
    u64(bytes.length);
    chunks.push(bytes);
  };
  chunks.push(new TextEncoder().encode('GGUF'));
  u32(version);
  u64(tensors.length);
  u64(Object.keys(values).length);
  for (const [key, value] of Object.entries(values)) {
    text(key);
    u32(typeof value === 'string' ? 8 : typeof value === 'number' ? 4 : 9);
    if (typeof value === 'string') text(value);
    else if (typeof value === 'number') u32(value);
    else {
      u32(8);
      u64(value.length);
      for (const item of value) text(item);
    }
  }
  let next = 0;
  const placed = tensors.map((tensor) => {
    const { name, axes, type, bytes, offset = next } = tensor;
    text(name);
    u32(axes.length);
    for (const size of axes) u64(size);
    u32(type);
    u64(offset);
    next = Math.ceil((offset + bytes.length) / 32) * 32;
    return { bytes, offset };
  });
  const header = Math.ceil(chunks.reduce((sum, { length }) => sum + length, 0) / 32) * 32;
  const file = new Uint8Array(header + Math.max(0, ...placed.map(({ bytes, offset }) => offset + bytes.length)));
  chunks.reduce((at, chunk) => {
    file.set(chunk, at);
    return at + chunk.length;
  }, 0);
  for (const { bytes, offset } of placed) file.set(bytes, header + offset);
  return file;
}
