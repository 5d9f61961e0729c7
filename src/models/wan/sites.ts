import type { Tensor } from '../../gpu/tensor.ts';
import type { BlockSite, SubLayerSite } from '../forward-sites.ts';
import { recordSomeTokens } from '../some-tokens.ts';
import { SUB_LAYERS, type WanBlockInputs, type WanSubLayer } from './block.ts';
import type { WanTransformer3DModel } from './transformer.ts';

/** The blocks of a forward as caching takes them apart. @param keysValues The prompt's, by block. */
export function wanBlockSites(
  { blocks, config }: WanTransformer3DModel,
  inputs: WanBlockInputs,
  keysValues: readonly Tensor[],
): BlockSite[] {
  const [tokens = 0, width = 0] = inputs.hiddenStates.shape;
  return blocks.map((block, i) => {
    const prompt = keysValues[i] as Tensor;
    const site = (type: WanSubLayer): SubLayerSite => ({
      record: (ops, into) => block.recordSubLayer(ops, inputs, prompt, type, into),
      recordAdd: (ops, kept) => block.recordAdd(ops, inputs, type, kept),
      ...(type !== 'selfAttention' && {
        recordTokens: (ops, list, count, kept) =>
          recordSomeTokens(ops, inputs, { list, count, kept }, (rows, out) =>
            block.recordSubLayer(ops, { ...inputs, ...rows }, prompt, type, out),
          ),
      }),
      ...(type === 'selfAttention' && {
        heads: {
          count: config.numAttentionHeads,
          shape: [tokens, width],
          record: (ops, heads) => block.recordHeads(ops, inputs, heads),
        },
      }),
    });
    return {
      subLayers: Object.fromEntries(SUB_LAYERS.map((type) => [type, site(type)])),
      recordModulatedInput: (ops, out) => block.recordModulatedInput(ops, inputs, out),
    };
  });
}
