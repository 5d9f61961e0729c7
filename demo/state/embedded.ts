// Its defaults, presets and sizes are known before its weights have come, so that the form is whole at once.
import type { SizeRules } from 'stillframe';
import manifest from '../../weights-manifest.json';
import type { LoadedModel } from '../engine/protocol.ts';

/** The id of the model that comes with the page. */
export const EMBEDDED_ID = 'shapes';

/** What the manifest says of it. */
export const EMBEDDED: Pick<LoadedModel, 'defaults' | 'presets'> = findEmbedded();

/** Its `ModelInfo.sizes`. */
export const EMBEDDED_SIZES: SizeRules = { pixels: 32, frames: 4 };

function findEmbedded(): Pick<LoadedModel, 'defaults' | 'presets'> {
  const entry = manifest.models.find(({ id }) => id === EMBEDDED_ID);
  if (!entry) throw new Error(`weights-manifest.json has no model ${EMBEDDED_ID}`);
  return { defaults: entry.defaults, presets: entry.presets };
}
