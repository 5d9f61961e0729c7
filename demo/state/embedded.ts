// Its defaults, presets and sizes are known before its weights have come, so that the form is whole at once.
import type { SizeRules } from 'stillframe';
import manifest from '../../weights-manifest.json';
import type { LoadedModel } from '../engine/protocol.ts';
import type { EstimatedModel } from './estimate.ts';

/** A model that the page can load by its id. */
export interface OfferedModel extends Pick<LoadedModel, 'defaults' | 'presets'> {
  readonly id: string;
  readonly title: string;
  readonly license: string;
  /** To download. */
  readonly bytes: number;
}

/** What the manifest beside the page has. */
export const OFFERED: readonly OfferedModel[] = manifest.models.map(({ files, ...model }) => ({
  ...model,
  bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
}));

/** The id of the model that comes with the page. */
export const EMBEDDED_ID = 'shapes';

/** What the manifest says of it. */
export const EMBEDDED: OfferedModel = findOffered(EMBEDDED_ID);

/** Its `ModelInfo.sizes`. */
export const EMBEDDED_SIZES: SizeRules = { pixels: 32, frames: 4 };

/** What says how long a run of it takes, as its `ModelInfo` has it. */
export const EMBEDDED_WORK: EstimatedModel = {
  id: EMBEDDED_ID,
  tokens: 80,
  parts: [{ name: 'transformer', parameters: 7_531_264 }],
};

/** The offered model of that id. */
export function findOffered(id: string): OfferedModel {
  const model = OFFERED.find((each) => each.id === id);
  if (!model) throw new Error(`weights-manifest.json has no model ${id}`);
  return model;
}
