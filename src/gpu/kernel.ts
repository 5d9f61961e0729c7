/** How a kernel uses a storage binding. Writable ones may also be read. */
export type Access = 'read' | 'write';

/**
 * A compute kernel, specialised: source and the interface it was written against. Binding 0 is the uniform with its
 * parameters; storage bindings follow in the order of `access`, all in group 0. The entry point is `main`.
 */
export interface Kernel {
  /** What it does and which variant it is, e.g. `matmul.direct.f16w.gelu`; names it in timings and errors. */
  readonly name: string;
  /** Complete WGSL. */
  readonly source: string;
  readonly access: readonly Access[];
}

/** A kernel's parameter: an unsigned integer, or a float marked by `f32`. */
export type Param = number | { readonly f32: number };

/** Marks a parameter as a float. */
export function f32(value: number): Param {
  return { f32: value };
}

/** Lays parameters out as the members of a uniform struct of scalars, padded to 16 bytes. */
export function packParams(params: readonly Param[]): ArrayBuffer {
  const data = new DataView(new ArrayBuffer(Math.max(16, Math.ceil(params.length / 4) * 16)));
  for (const [i, param] of params.entries()) {
    if (typeof param === 'object') {
      data.setFloat32(4 * i, param.f32, true);
    } else {
      if (!Number.isInteger(param) || param < 0 || param > 0xffffffff) {
        throw new RangeError(`kernel parameter ${i} is ${param}, not an unsigned 32-bit integer`);
      }
      data.setUint32(4 * i, param, true);
    }
  }
  return data.buffer as ArrayBuffer;
}
