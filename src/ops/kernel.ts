import activation from '../../shaders/lib/activation.wgsl';
import attentionBindings from '../../shaders/lib/attention_bindings.wgsl';
import blockDiff from '../../shaders/lib/block_diff.wgsl';
import convBindings from '../../shaders/lib/conv_bindings.wgsl';
import grid from '../../shaders/lib/grid.wgsl';
import groupNorm from '../../shaders/lib/group_norm.wgsl';
import matmulBindings from '../../shaders/lib/matmul_bindings.wgsl';
import matmulEpilogue from '../../shaders/lib/matmul_epilogue.wgsl';
import modulation from '../../shaders/lib/modulation.wgsl';
import normRow from '../../shaders/lib/norm_row.wgsl';
import pixels from '../../shaders/lib/pixels.wgsl';
import qkRow from '../../shaders/lib/qk_row.wgsl';
import quotient from '../../shaders/lib/quotient.wgsl';
import rowSum from '../../shaders/lib/row_sum.wgsl';
import type { Capabilities } from '../gpu/capabilities.ts';
import type { Workgroups } from '../gpu/command.ts';
import type { Access, Kernel } from '../gpu/kernel.ts';
import { type Defines, specialise } from '../gpu/shader.ts';
import type { Dtype, Tensor } from '../gpu/tensor.ts';

/** What kernels may include by name. */
const LIBRARY: Readonly<Record<string, string>> = {
  activation,
  attention_bindings: attentionBindings,
  block_diff: blockDiff,
  conv_bindings: convBindings,
  grid,
  group_norm: groupNorm,
  modulation,
  norm_row: normRow,
  pixels,
  qk_row: qkRow,
  quotient,
  row_sum: rowSum,
  matmul_bindings: matmulBindings,
  matmul_epilogue: matmulEpilogue,
};

const kernels = new Map<string, Kernel>();

/** Specialises a kernel; the same name and defines give the same object. */
export function makeKernel(name: string, source: string, defines: Defines, access: readonly Access[]): Kernel {
  const key = `${name} ${JSON.stringify(defines)} ${access}`;
  let kernel = kernels.get(key);
  if (!kernel) {
    kernel = { name, source: specialise(source, defines, LIBRARY), access };
    kernels.set(key, kernel);
  }
  return kernel;
}

/** The WGSL type of four elements of a tensor that is read: f16 is `vec2u` (packed) where there is no `shader-f16`. */
export function vec4Type(dtype: Dtype, capabilities: Capabilities): string {
  if (dtype === 'f16') return capabilities.f16 ? 'vec4<f16>' : 'vec2u';
  return dtype === 'u32' ? 'vec4u' : 'vec4f';
}

/** Whether any of the tensors makes the kernel need `enable f16`. */
export function needsF16(capabilities: Capabilities, ...tensors: readonly (Tensor | undefined)[]): boolean {
  return capabilities.f16 && tensors.some((tensor) => tensor?.dtype === 'f16');
}

/** Workgroups for `count` items at `perGroup` a workgroup, folded into y past the limit of one dimension. */
export function linearGrid(count: number, perGroup: number): Workgroups {
  const groups = Math.max(1, Math.ceil(count / perGroup));
  const x = Math.min(groups, 65535);
  return [x, Math.ceil(groups / x), 1];
}
