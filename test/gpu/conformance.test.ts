import { describe, expect, test } from 'vitest';
import { conformance } from '../../src/conformance/index.ts';
import { describeWithF16 } from '../support/gpu.ts';
import { testGpu } from '../support/kernel-run.ts';
import { fixtureSource } from '../support/model-folder.ts';

const FOLDERS = [
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
];

async function worst(folder: string, operands: 'f32' | 'f16'): Promise<number> {
  const { rows } = await conformance(await testGpu(), fixtureSource(folder), {
    precision: { weights: 'stored', operands },
  });
  expect(rows.length).toBeGreaterThan(0);
  return Math.max(...rows.map(({ relativeL2 }) => relativeL2));
}

describe('recorded runs of diffusers and transformers, every block, to 1e-4', () => {
  test.each(FOLDERS)('%s', async (folder) => {
    expect(await worst(folder, 'f32')).toBeLessThanOrEqual(1e-4);
  });
});

describeWithF16('with f16 operands, to 1e-2', () => {
  test.each(FOLDERS)('%s', async (folder) => {
    expect(await worst(folder, 'f16')).toBeLessThanOrEqual(1e-2);
  });
});
