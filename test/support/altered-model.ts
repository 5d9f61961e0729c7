import { sourceFromUrl, type WeightSource } from '../../src/weights/source.ts';

/** The embedded model with some files replaced. */
export function altered(
  replace: Record<string, (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>>,
): WeightSource {
  const real = sourceFromUrl(new URL('/models/shapes/', location.href));
  return {
    label: 'altered shapes',
    origin: 'disk',
    async open(path, range, signal) {
      const edit = replace[path];
      if (!edit) return real.open(path, range, signal);
      const { stream } = await real.open(path, undefined, signal);
      const bytes = edit(new Uint8Array(await new Response(stream).arrayBuffer()));
      const part = bytes.slice(range?.start ?? 0, range?.end);
      return { stream: new Blob([part]).stream(), start: range?.start ?? 0, totalBytes: bytes.length, origin: 'disk' };
    },
  };
}

/** UTF-8. */
export const bytes = (text: string) => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;

/** Changes a file of JSON. */
export const editJson = (change: (json: Record<string, unknown>) => void) => (file: Uint8Array) => {
  const json = JSON.parse(new TextDecoder().decode(file));
  change(json);
  return bytes(JSON.stringify(json));
};

/** Changes a safetensors file's header, padded to its old length so that offsets stay. */
export const editHeader = (change: (text: string) => string) => (bytes: Uint8Array<ArrayBuffer>) => {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const text = change(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const out = bytes.slice();
  out.set(new TextEncoder().encode(text.padEnd(length)), 8);
  return out;
};

/** Adds an empty tensor to a safetensors file. */
export const addTensor = (name: string) => (file: Uint8Array<ArrayBuffer>) => {
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  const end = file.length - 8 - length;
  const json = bytes(JSON.stringify({ ...header, [name]: { dtype: 'F32', shape: [0], data_offsets: [end, end] } }));
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(json.length), true);
  return new Uint8Array([...prefix, ...json, ...file.subarray(8 + length)]);
};
