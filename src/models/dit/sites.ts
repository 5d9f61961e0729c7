import type { Tensor } from '../../gpu/tensor.ts';
import type { BlockSite, SubLayerSite } from '../forward-sites.ts';
import { recordSomeTokens } from '../some-tokens.ts';
import { DIT_SUB_LAYERS, type DiTSubLayer } from './block.ts';
import type { DiTForward, DiTTransformer2DModel } from './transformer.ts';

/** The blocks of a forward as caching takes them apart. */
export function ditBlockSites(
  { blocks, config }: DiTTransformer2DModel,
  { hiddenStates, conditioning, groups }: Pick<DiTForward, 'hiddenStates' | 'conditioning' | 'groups'>,
): BlockSite[] {
  const [tokens = 0, width = 0] = hiddenStates.shape;
  return blocks.map((block, i) => {
    const inputs = { hiddenStates, conditioning: conditioning.blocks[i] as Tensor, groups };
    const site = (type: DiTSubLayer): SubLayerSite => ({
      record: (ops, into) => block.recordSubLayer(ops, inputs, type, into),
      recordAdd: (ops, kept) => block.recordAdd(ops, inputs, type, kept),
      ...(type !== 'selfAttention' && {
        recordTokens: (ops, list, count, kept) =>
          recordSomeTokens(ops, inputs, { list, count, kept }, (rows, out) =>
            block.recordSubLayer(ops, { ...inputs, ...rows }, type, out),
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
      subLayers: Object.fromEntries(DIT_SUB_LAYERS.map((type) => [type, site(type)])),
      recordModulatedInput: (ops, out) => block.recordModulatedInput(ops, inputs, out),
    };
  });
}
