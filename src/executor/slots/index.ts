import { bandsSlot } from './bands.ts';
import { beforeGateSlot } from './before-gate.ts';
import { headsSlot } from './heads.ts';
import type { KeptSlot, SlotContext } from './kept-slot.ts';
import { modulatedInputSlot, outputSlot } from './observed.ts';
import { residualSlot } from './residual.ts';
import { velocitySlot } from './velocity.ts';

/** Records how a slot is filled and restored. @throws for a value that its site does not have. */
export function keptSlot(context: SlotContext): KeptSlot {
  const { slot, site, forward } = context;
  const subLayer = 'subLayer' in site ? forward.blocks[site.block]?.subLayers[site.subLayer] : undefined;
  if (site.kind === 'heads' && subLayer?.heads && slot.value === 'output') return headsSlot(context, subLayer.heads);
  if (site.kind === 'subLayer' && subLayer && slot.value === 'beforeGate') return beforeGateSlot(context, subLayer);
  if (site.kind === 'velocity' && slot.value === 'bands') return bandsSlot(context);
  if (site.kind === 'velocity' && slot.value === 'output') return velocitySlot(context);
  if ((site.kind === 'span' || site.kind === 'subLayer') && slot.value === 'residual') return residualSlot(context);
  if (site.kind === 'span' && slot.value === 'output') return outputSlot(context);
  if (site.kind === 'span' && slot.value === 'modulatedInput') return modulatedInputSlot(context, site.first);
  throw new Error(`slot ${slot.name}: nothing keeps the ${slot.value} of ${slot.site}`);
}
