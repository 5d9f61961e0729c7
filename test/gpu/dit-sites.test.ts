import { expect, test } from 'vitest';
import { Program } from '../../src/gpu/program.ts';
import { Recorder } from '../../src/gpu/recorder.ts';
import { downloadF32, upload } from '../../src/gpu/transfer.ts';
import type { ConfigJson } from '../../src/models/config.ts';
import { innerDim, parseDiTTransformer2DConfig } from '../../src/models/dit/config.ts';
import { ditBlockSites } from '../../src/models/dit/sites.ts';
import { DiTTransformer2DModel } from '../../src/models/dit/transformer.ts';
import type { BlockSite } from '../../src/models/forward-sites.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { readJson } from '../../src/weights/source.ts';
import { WeightSet } from '../../src/weights/weight-set.ts';
import { Random, testGpu } from '../support/kernel-run.ts';
import { fixtureSource } from '../support/model-folder.ts';

/** Tokens of the stream: no multiple of a tile. */
const TOKENS = 13;

const TYPES = ['selfAttention', 'mlp'] as const;

/** A block of a small DiT, whole and taken apart, on the same random stream and modulation. */
async function openBlock() {
  const gpu = await testGpu();
  const source = fixtureSource('dit-transformer-patch4');
  const weights = new WeightSet(await openCheckpoint(source, ''), 'stored');
  const config = parseDiTTransformer2DConfig((await readJson(source, 'config.json')) as ConfigJson);
  const model = new DiTTransformer2DModel(config, weights);
  await weights.load(gpu);
  const recorder = new Recorder('block');
  const ops = { recorder, capabilities: gpu.capabilities, operands: 'f32' } as const;
  const conditioning = model.recordConditioning(ops, 2);
  const shape = [TOKENS, innerDim(config)];
  const hiddenStates = recorder.persistent('hiddenStates', shape);
  const groups = recorder.persistent('groups', [1], 'u32');
  const [site] = ditBlockSites(model, { hiddenStates, conditioning, groups }) as [BlockSite];
  const start = new Random(1).values(TOKENS * innerDim(config));
  const sections: string[] = [];
  /** Records a section of its own. */
  const section = (record: () => void) => {
    recorder.section(`part.${sections.length}`, record);
    sections.push(`part.${sections.length}`);
    return sections.at(-1) as string;
  };
  const begin = async () => {
    const program = await Program.create(gpu, recorder.finish());
    upload(gpu, conditioning.sinusoids, new Random(2).values(2 * 256));
    upload(gpu, conditioning.classLabels, Uint32Array.of(5, 0));
    upload(gpu, groups, Uint32Array.of(1));
    program.run('conditioning');
    /** The stream after sections, from the start. */
    const run = async (...names: string[]) => {
      upload(gpu, hiddenStates, start);
      program.run(...names);
      return downloadF32(gpu, hiddenStates);
    };
    const dispose = () => {
      program.dispose();
      weights.dispose(gpu);
    };
    return { run, dispose };
  };
  return { gpu, recorder, ops, config, site, shape, start, section, begin, hiddenStates };
}

test('sub-layers, by themselves or kept and added, make the same block', async () => {
  const { recorder, ops, site, shape, start, section, begin } = await openBlock();
  expect(Object.keys(site.subLayers)).toEqual(TYPES);
  const whole = section(() => {
    for (const type of TYPES) site.subLayers[type]?.record(ops);
  });
  const apart = TYPES.flatMap((type) => {
    const kept = recorder.persistent(`kept.${type}`, shape);
    return [
      section(() => site.subLayers[type]?.record(ops, kept)),
      section(() => site.subLayers[type]?.recordAdd(ops, kept)),
    ];
  });
  const { run, dispose } = await begin();
  try {
    const block = await run(whole);
    expect(block).not.toEqual(start);
    expect(await run(apart[0] as string)).toEqual(start);
    const summed = await run(...apart);
    const off = Math.max(...summed.map((value, i) => Math.abs(value - (block[i] as number))));
    expect(off).toBeLessThanOrEqual(1e-6);
  } finally {
    dispose();
  }
});

test('heads that are masked come from what was kept', async () => {
  const { gpu, recorder, ops, config, site, shape, section, begin } = await openBlock();
  const heads = site.subLayers.selfAttention?.heads;
  expect(heads?.count).toBe(config.numAttentionHeads);
  const attended = recorder.persistent('attended', shape);
  const mask = recorder.persistent('mask', [config.numAttentionHeads], 'u32');
  const whole = section(() => site.subLayers.selfAttention?.record(ops));
  const some = section(() => heads?.record(ops, { attended, mask }));
  const { run, dispose } = await begin();
  try {
    const want = await run(whole);
    upload(gpu, mask, Uint32Array.of(1, 1, 1));
    expect(await run(some)).toEqual(want);
    upload(gpu, mask, Uint32Array.of(0, 1, 0));
    expect(await run(some)).toEqual(want);
    upload(gpu, attended, new Float32Array(TOKENS * innerDim(config)));
    expect(await run(some)).not.toEqual(want);
  } finally {
    dispose();
  }
});

test('the modulated input is a layer norm with the row of the timestep', async () => {
  const { gpu, recorder, ops, site, shape, start, section, begin } = await openBlock();
  const out = recorder.persistent('modulated', shape);
  const measured = section(() => site.recordModulatedInput(ops, out));
  const { run, dispose } = await begin();
  try {
    expect(await run(measured)).toEqual(start);
    const [got, width] = [await downloadF32(gpu, out), shape[1] as number];
    // Modulated alike, tokens differ as their norms do: the ratio of differences is the same for all pairs of tokens.
    const normed = Array.from({ length: TOKENS }, (_, token) => {
      const row = [...start.subarray(token * width, (token + 1) * width)];
      const mean = row.reduce((sum, value) => sum + value, 0) / width;
      const deviation = Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width + 1e-6);
      return row.map((value) => (value - mean) / deviation);
    });
    for (let c = 0; c < width; c++) {
      const at = (token: number) => [normed[token]?.[c] as number, got[token * width + c] as number] as const;
      const [[x0, y0], [x1, y1]] = [at(0), at(1)];
      const scale = (y1 - y0) / (x1 - x0);
      for (let token = 2; token < TOKENS; token++) {
        const [x, y] = at(token);
        expect(Math.abs(y - (y0 + scale * (x - x0)))).toBeLessThanOrEqual(
          1e-3 * (1 + Math.abs(x - x0) / Math.abs(x1 - x0)),
        );
      }
    }
  } finally {
    dispose();
  }
});
