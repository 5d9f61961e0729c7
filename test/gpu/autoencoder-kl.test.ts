import { expect, test } from 'vitest';
import { Program } from '../../src/gpu/program.ts';
import { Recorder } from '../../src/gpu/recorder.ts';
import { downloadF32, upload } from '../../src/gpu/transfer.ts';
import { AutoencoderKLDecoder, parseAutoencoderKLConfig } from '../../src/models/autoencoder-kl/index.ts';
import type { ConfigJson } from '../../src/models/config.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { readJson } from '../../src/weights/source.ts';
import { WeightSet } from '../../src/weights/weight-set.ts';
import { Random, testGpu } from '../support/kernel-run.ts';
import { fixtureSource } from '../support/model-folder.ts';

test('frames decoded a few at a time are those decoded at once, bit for bit', async () => {
  const gpu = await testGpu();
  const source = fixtureSource('sd-vae');
  const config = parseAutoencoderKLConfig((await readJson(source, 'config.json')) as ConfigJson);
  const weights = new WeightSet(await openCheckpoint(source, ''), 'stored');
  const decoder = new AutoencoderKLDecoder(weights, config);
  await weights.load(gpu);
  const latents = new Random(1).values(3 * 4 * 5 * 4, 2);
  const decode = async (chunkFrames?: number) => {
    const recorder = new Recorder('vae');
    const z = recorder.persistent('z', [3, 4, 5, 4]);
    const ops = { recorder, capabilities: gpu.capabilities, operands: 'f32' } as const;
    const chunks = decoder.record(ops, z, chunkFrames);
    const program = await Program.create(gpu, recorder.finish());
    try {
      upload(gpu, z, latents);
      const frames: Float32Array[] = [];
      for (const { sections, out } of chunks) {
        program.run(...sections);
        frames.push(await downloadF32(gpu, out));
      }
      return frames.flatMap((values) => [...values]);
    } finally {
      program.dispose();
    }
  };
  try {
    const whole = await decode();
    expect(whole.length).toBe(3 * 8 * 10 * 4);
    expect(await decode(1)).toEqual(whole);
    expect(await decode(2)).toEqual(whole);
  } finally {
    weights.dispose(gpu);
  }
});
