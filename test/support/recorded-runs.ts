import { expect } from 'vitest';
import { conformance } from '../../src/conformance/index.ts';
import { testGpu } from './kernel-run.ts';
import { fixtureSource } from './model-folder.ts';

/** Folders of `test/fixtures` with recorded runs of diffusers' and transformers' classes. */
export const FOLDERS = [
  'wan-transformer',
  'wan-transformer-128',
  'wan-per-token-timestep',
  'wan-vae',
  'wan-vae-patch2',
  'wan-vae-encode',
  'umt5',
  't5',
  'wan-pipeline-unipc',
  'wan-pipeline-euler',
  'dit-transformer',
  'dit-transformer-patch4',
  'dit-transformer-patch8',
  'sd-vae',
  'sd-vae-wide',
  'dit-pipeline',
  'dit-pipeline-plain',
];

/** The same of `WanTransformer3DModel`, saved as other programs do it, in fewer bits. */
export const QUANTISED = ['wan-transformer-gguf', 'wan-transformer-fp8'];

/** Repeats a recorded run. @returns the largest relative L2 error of its tensors. */
export async function worstError(
  folder: string,
  operands: 'f32' | 'f16',
  weights: 'f32' | 'stored' = 'stored',
): Promise<number> {
  const { rows } = await conformance(await testGpu(), fixtureSource(folder), {
    precision: { weights, operands },
  });
  expect(rows.length).toBeGreaterThan(0);
  return Math.max(...rows.map(({ relativeL2 }) => relativeL2));
}
