import source from '../../shaders/weighted_sum.wgsl';
import type { Capabilities } from '../gpu/capabilities.ts';
import { type Dtype, elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel, needsF16, vec4Type } from './kernel.ts';

/** Most tensors of a sum, its output, weights and base among them: as many storage buffers as every device binds. */
const MOST_TENSORS = 8;

/**
 * Records `out = [out +] [base +] sum_i weights[i] x_i`; a sum as it is, where there are no weights. f32 inside.
 *
 * @param args.inputs Tensors of one type, f32 or f16, of as many elements.
 * @param args.weights [inputs] f32. @param args.base f32, another tensor of as many elements.
 * @param args.out f32 or f16. @param args.first Its first element that is written; 0 by default.
 * @param args.adds Whether to add to what `out` has.
 * @throws when the sizes differ, there are more than 8 tensors in all, or packed f16 is not whole vec4s.
 */
export function weightedSum(
  { recorder, capabilities }: OpContext,
  args: {
    readonly inputs: readonly Tensor[];
    readonly weights?: Tensor;
    readonly base?: Tensor;
    readonly out: Tensor;
    readonly first?: number;
    readonly adds?: boolean;
  },
): void {
  const { inputs, weights, base, out, first = 0, adds = false } = args;
  const [input] = inputs;
  const count = elements(input?.shape ?? []);
  const fits = inputs.every(({ shape, dtype }) => elements(shape) === count && dtype === input?.dtype);
  const others = (!weights || elements(weights.shape) === inputs.length) && (!base || elements(base.shape) === count);
  const tensorCount = inputs.length + 1 + Number(weights !== undefined) + Number(base !== undefined);
  if (!input || tensorCount > MOST_TENSORS || !fits || !others || elements(out.shape) < first + count) {
    const shapes = inputs.map(({ shape }) => `[${shape}]`).join(' + ');
    throw new Error(`no sum of ${shapes} into [${out.shape}] from ${first} on`);
  }
  const lanes = count % 4 === 0 && first % 4 === 0 ? 4 : 1;
  const packs = (dtype: Dtype) => dtype === 'f16' && !capabilities.f16;
  if (lanes === 1 && (packs(input.dtype) || packs(out.dtype))) throw new Error(`${count} f16 are not whole vec4s`);
  const tensors = [out, ...inputs];
  // Binding 0 holds the parameters, so a tensor's binding is the length of the list that ends with it.
  const bind = (tensor: Tensor | undefined): number | false => tensor !== undefined && tensors.push(tensor);
  const defines = {
    F16: needsF16(capabilities, input, out),
    INPUTS: inputs.length,
    E: lanes === 4 ? 'vec4f' : 'f32',
    In: typeOf(input.dtype, lanes, capabilities),
    Out: typeOf(out.dtype, lanes, capabilities),
    PACKED_IN: packs(input.dtype),
    PACKED_OUT: packs(out.dtype),
    WEIGHTS: bind(weights),
    BASE: bind(base),
    ADDS: adds,
  };
  const access = tensors.map((_, i) => (i === 0 ? ('write' as const) : ('read' as const)));
  const kernel = makeKernel('weighted_sum', source, defines, access);
  recorder.dispatch(kernel, tensors, [count / lanes, first / lanes], linearGrid(count / lanes, 64));
}

function typeOf(dtype: Dtype, lanes: number, capabilities: Capabilities): string {
  return lanes === 4 ? vec4Type(dtype, capabilities) : dtype;
}
