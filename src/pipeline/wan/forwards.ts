import { type Branch, type ForwardKey, forwardKey } from '../../cache/run-shape.ts';
import { elements, type Tensor } from '../../gpu/tensor.ts';
import type { ForwardSites } from '../../models/forward-sites.ts';
import { innerDim } from '../../models/wan/config.ts';
import type { FrameRange } from '../../models/wan/frames.ts';
import { wanBlockSites } from '../../models/wan/sites.ts';
import type { WanTimesteps, WanTransformer3DModel } from '../../models/wan/transformer.ts';
import type { OpContext } from '../../ops/context.ts';
import type { RunTensors } from '../family.ts';
import type { WanGeometry } from './geometry.ts';

/** What all forwards of a run share. */
export interface SharedTensors extends RunTensors {
  readonly timesteps: WanTimesteps;
  readonly groups: Tensor;
}

/** The rotary table of a forward's tokens, to be written before it runs. */
export interface RopePart extends FrameRange {
  /** [tokens, headDim / 2, 2] f32. */
  readonly table: Tensor;
}

/** The forwards of a step, recorded. */
export interface WanForwards {
  /** In the order that they run. */
  readonly sites: ReadonlyMap<ForwardKey, ForwardSites>;
  /** Each branch's prompt embeddings, [rows, textDim] f32. */
  readonly prompts: ReadonlyMap<Branch, Tensor>;
  readonly ropes: readonly RopePart[];
}

/** Records a forward for each branch and, where a clip is denoised in chunks of frames, each chunk. */
export function recordForwards(
  ops: OpContext,
  transformer: WanTransformer3DModel,
  geometry: WanGeometry,
  { state, velocity, timesteps, groups }: SharedTensors,
): WanForwards {
  const { recorder } = ops;
  const { config } = transformer;
  const { latentSize, branches, chunkFrames = latentSize[0] } = geometry;
  const grid = transformer.tokenGrid(latentSize);
  const count = elements(velocity.shape) / branches.length;
  const chunks = Array.from({ length: Math.ceil(latentSize[0] / chunkFrames) }, (_, i) => {
    const range = { first: i * chunkFrames, count: Math.min(chunkFrames, latentSize[0] - i * chunkFrames) };
    const tokens = (elements(grid) * range.count) / latentSize[0];
    const suffix = i === 0 ? '' : `.${i}`;
    return {
      ...range,
      grid: [(grid[0] * range.count) / latentSize[0], grid[1], grid[2]] as const,
      table: recorder.persistent(`rope${suffix}`, [tokens, config.attentionHeadDim / 2, 2]),
      stream: recorder.persistent(`hiddenStates${suffix}`, [tokens, innerDim(config)]),
    };
  });
  const isWhole = chunks.length === 1;
  const prompts = new Map<Branch, Tensor>();
  const sites = new Map<ForwardKey, ForwardSites>();
  for (const [velocityIndex, branch] of branches.entries()) {
    const embeddings = recorder.persistent(`prompt.${branch}`, [
      geometry.promptLength[branch] as number,
      config.textDim,
    ]);
    prompts.set(branch, embeddings);
    const prompt = transformer.recordPrompt(ops, `prompt.${branch}`, embeddings);
    for (const [chunk, { first, count: frames, grid, table, stream }] of chunks.entries()) {
      const key = forwardKey(branch, chunk);
      const inputs = { hiddenStates: stream, timestepProj: timesteps.timestepProj, groups, rope: table };
      const sections = transformer.recordForward(ops, key, {
        latents: state,
        rope: table,
        timesteps,
        groups,
        prompt,
        hiddenStates: stream,
        velocity,
        velocityIndex,
        ...(!isWhole && { frames: { first, count: frames } }),
      });
      sites.set(key, {
        sections,
        stream,
        grid,
        ...(isWhole && { latents: { tensor: state, offset: 0, count: elements(state.shape) / (state.shape[0] ?? 1) } }),
        ...(isWhole && { velocity: { tensor: velocity, offset: velocityIndex * count, count } }),
        blocks: wanBlockSites(transformer, inputs, prompt.keysValues),
      });
    }
  }
  return { sites, prompts, ropes: chunks };
}
