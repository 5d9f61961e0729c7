import { type PartNames, renamer } from '../../weights/key-names.ts';

/** Residual blocks of a level of Wan's decoder, before what follows them: its code lists all levels' modules in one row. */
const ROW = 4;

const inModules = renamer([
  [/^conv1\./, 'quant_conv.'],
  [/^conv2\./, 'post_quant_conv.'],
  [/^(encoder|decoder)\.conv1\./, '$1.conv_in.'],
  [/^(encoder|decoder)\.head\.0\./, '$1.norm_out.'],
  [/^(encoder|decoder)\.head\.2\./, '$1.conv_out.'],
  [/^(encoder|decoder)\.middle\.0\./, '$1.mid_block.resnets.0.'],
  [/^(encoder|decoder)\.middle\.1\./, '$1.mid_block.attentions.0.'],
  [/^(encoder|decoder)\.middle\.2\./, '$1.mid_block.resnets.1.'],
  [/^encoder\.downsamples\./, 'encoder.down_blocks.'],
  [/\.residual\.0\./, '.norm1.'],
  [/\.residual\.2\./, '.conv1.'],
  [/\.residual\.3\./, '.norm2.'],
  [/\.residual\.6\./, '.conv2.'],
  [/\.shortcut\./, '.conv_shortcut.'],
]);

/** What an `AutoencoderKLWan`'s tensors are called elsewhere: in Wan's own code (`WanVAE_`), which ComfyUI keeps. */
export const wanVaeNames: PartNames = {
  prefixes: ['first_stage_model.', 'vae.'],
  kinds: [
    {
      mark: 'decoder.middle.0.residual.0.gamma',
      rename: (name) =>
        inModules(name).replace(/^decoder\.upsamples\.(\d+)\./, (_, number: string) => {
          const [level, place] = [Math.floor(Number(number) / ROW), Number(number) % ROW];
          return `decoder.up_blocks.${level}.${place === ROW - 1 ? 'upsamplers.0' : `resnets.${place}`}.`;
        }),
    },
  ],
};
