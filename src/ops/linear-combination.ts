import source from '../../shaders/linear_combination.wgsl';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { OpContext } from './context.ts';
import { linearGrid, makeKernel } from './kernel.ts';

/** Rows of a sampler's state, such as the latents and earlier predictions, and velocities (two with guidance). */
const MOST = { states: 5, velocities: 2 } as const;

/**
 * Records a sampler's update, `state = C [state; velocity]` for each column.
 *
 * @param args.state [S, ...] f32, S at most 5; changed in place.
 * @param args.velocity [V, ...] f32, V at most 2, with rows as long as the state's.
 * @param args.coefficients C, [S, S + V] f32.
 * @throws when the shapes do not fit each other.
 */
export function linearCombination(
  { recorder }: OpContext,
  args: { readonly state: Tensor; readonly velocity: Tensor; readonly coefficients: Tensor },
): void {
  const { state, velocity, coefficients } = args;
  const [states = 0] = state.shape;
  const [velocities = 0] = velocity.shape;
  const size = elements(state.shape) / states;
  const fits = elements(velocity.shape) / velocities === size;
  const matrix = coefficients.shape.join() === `${states},${states + velocities}`;
  if (!fits || !matrix || states > MOST.states || velocities > MOST.velocities) {
    throw new Error(`no combination of [${state.shape}] and [${velocity.shape}] by [${coefficients.shape}]`);
  }
  const kernel = makeKernel('linear_combination', source, { STATES: states, VELOCITIES: velocities }, [
    'write',
    'read',
    'read',
  ]);
  recorder.dispatch(kernel, [state, velocity, coefficients], [size], linearGrid(size, 64));
}
