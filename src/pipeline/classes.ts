import { UnsupportedModelError } from '../errors.ts';
import { lazy } from '../lazy.ts';
import type { PipelineModule } from './model-pipeline.ts';

/** Every class that is built; each is a file of its own in the build, loaded when a model asks for it. */
const CLASSES: Readonly<Record<string, () => Promise<PipelineModule>>> = {
  WanPipeline: () => import('./wan.ts'),
  DiTPipeline: () => import('./dit.ts'),
};

/**
 * Loads the code of a pipeline class.
 *
 * @param label The model's, for errors. @param className As `model_index.json` or the manifest names it.
 * @throws {UnsupportedModelError} for a class that is not built; {SourceError} when its code cannot be loaded.
 */
export async function pipelineModule(label: string, className: unknown): Promise<PipelineModule> {
  const load = typeof className === 'string' && Object.hasOwn(CLASSES, className) ? CLASSES[className] : undefined;
  if (load) return lazy(`the ${className}`, load());
  const what = typeof className === 'string' ? `is a "${className}", which is not built.` : 'names no pipeline class.';
  throw new UnsupportedModelError(
    `${label} ${what}`,
    `Use a folder of a ${Object.keys(CLASSES).join(' or ')} in diffusers layout.`,
  );
}
