import { lazy } from '../lazy.ts';
import type { OpenModel } from './open.ts';
import type { LoadOptions, ModelReference } from './types.ts';

/**
 * As `openModel` of `open.ts`, which comes with the code for devices and sources when a model is first asked for: an
 * application that only lists policies or predicts carries neither.
 *
 * @throws as that does; {SourceError} when its code cannot be loaded.
 */
export async function openModel(reference: ModelReference, options: LoadOptions): Promise<OpenModel> {
  options.signal?.throwIfAborted();
  const { openModel: open } = await lazy('opening models', import('./open.ts'));
  return open(reference, options);
}
