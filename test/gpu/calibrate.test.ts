import { afterAll, beforeAll, expect, test } from 'vitest';
import { SmoothCacheErrors } from '../../src/cache/smoothcache-errors.ts';
import { SUB_LAYERS } from '../../src/cache/step-plan.ts';
import { Pacer } from '../../src/gpu/pacer.ts';
import { downloadF32, upload } from '../../src/gpu/transfer.ts';
import { CalibrationForwards } from '../../src/pipeline/calibration-forwards.ts';
import { SubLayerCache } from '../../src/pipeline/sub-layer-cache.ts';
import { testGpu } from '../support/kernel-run.ts';
import { TinyRuns } from '../support/wan-runs.ts';

const STEPS = 4;
const K_MAX = 2;

let runs: TinyRuns;
beforeAll(async () => {
  runs = await TinyRuns.open(await testGpu(), STEPS);
}, 60_000);
afterAll(() => runs.dispose());

function relative(older: Float32Array, later: Float32Array): number {
  let [change, size] = [0, 0];
  for (const [i, value] of later.entries()) {
    change += Math.abs((older[i] as number) - value);
    size += Math.abs(value);
  }
  return change / size;
}

test('errors are those of the sub-layers as they were, relative to the later step', async () => {
  await runs.denoise('none');
  const { gpu, run, components } = runs;
  const { blocks } = components.transformer;
  const ops = { capabilities: gpu.capabilities, operands: 'f32' } as const;
  const before = gpu.memory.currentBytes;
  const collected = new SmoothCacheErrors(STEPS, K_MAX);
  const forwards = new CalibrationForwards(run, blocks, ops, K_MAX, collected);
  const keysValues = run.keysValues.get('cond') ?? [];
  const cache = new SubLayerCache('test', ops, blocks, run.blockInputs, keysValues);
  await forwards.start(gpu);
  await cache.start(gpu);
  const pacer = new Pacer(gpu);
  /** By step and type, the outputs of every block. */
  const outputs: Float32Array[][][] = [];
  for (let step = 0; step < STEPS; step++) {
    upload(gpu, run.blockInputs.groups, Uint32Array.of(step));
    await forwards.submit(pacer, step, 'cond');
    run.program.run('cond.embed');
    run.program.submit(cache.commands(blocks.map(() => ({ kind: 'compute' }))));
    const kept = [];
    for (const type of SUB_LAYERS) {
      const values = [];
      for (const block of cache.kept) values.push(await downloadF32(gpu, block[type]));
      kept.push(values);
    }
    outputs.push(kept);
  }
  cache.stop();
  forwards.stop();
  expect(gpu.memory.currentBytes).toBe(before);

  const { means } = collected;
  for (const [t, type] of SUB_LAYERS.entries()) {
    for (let k = 1; k <= K_MAX; k++) {
      for (let step = 0; step + k < STEPS; step++) {
        const [older, later] = [outputs[step]?.[t] ?? [], outputs[step + k]?.[t] ?? []];
        const errors = older.map((values, block) => relative(values, later[block] as Float32Array));
        const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
        expect((means[type][k - 1]?.[step] ?? Number.NaN) / mean).toBeCloseTo(1, 2);
        expect(mean).toBeGreaterThan(0);
      }
    }
  }
});
