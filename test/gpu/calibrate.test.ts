import { afterAll, beforeAll, expect, test } from 'vitest';
import { forward, keep, run as ran } from '../../src/cache/action.ts';
import { MeanScores } from '../../src/cache/calibration.ts';
import type { Slot } from '../../src/cache/declaration.ts';
import { smoothCacheCalibration } from '../../src/cache/smoothcache-calibration.ts';
import { subLayerSlots } from '../../src/cache/sub-layer-slots.ts';
import { CalibrationForwards } from '../../src/executor/calibration-forwards.ts';
import type { Tensor } from '../../src/gpu/tensor.ts';
import { downloadF32 } from '../../src/gpu/transfer.ts';
import { testGpu } from '../support/kernel-run.ts';
import { TinyRuns } from '../support/wan-runs.ts';

const STEPS = 4;
const DISTANCES = 2;

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

test('scores are those of the sub-layers as they were, relative to the later step', async () => {
  await runs.denoise('none');
  const { gpu, run, shape } = runs;
  const ops = { capabilities: gpu.capabilities, operands: 'f32' } as const;
  const before = gpu.memory.currentBytes;
  const collected = new MeanScores();
  const request = smoothCacheCalibration.request(shape, DISTANCES);
  const forwards = new CalibrationForwards(run, shape, request, ops, collected);
  const slots = subLayerSlots(shape);
  const { cache } = runs.cache({ declare: () => ({ slots, remedy: '' }), begin() {}, plan: () => [] });
  await forwards.start(gpu);
  await cache.start(gpu);
  const pacer = gpu.pacer;
  const actions = forward(...slots.map(({ name, site }) => keep(name, ran(site))));
  /** By step, the outputs by slot. */
  const outputs: Map<string, Float32Array>[] = [];
  for (let step = 0; step < STEPS; step++) {
    run.beginStep(step, runs.sampler, 4);
    await forwards.submit(pacer, step, 'cond');
    gpu.submit('test', cache.commands({ step, key: 'cond', actions, weights: new Map() }));
    const read = async ({ name }: Slot) =>
      [name, await downloadF32(gpu, cache.parts('cond').slots?.tensors(name)[0] as Tensor)] as const;
    const kept = [];
    for (const slot of slots) kept.push(await read(slot));
    outputs.push(new Map(kept));
  }
  cache.stop();
  forwards.stop();
  expect(gpu.memory.currentBytes).toBe(before);

  for (const { name } of slots) {
    for (let distance = 1; distance <= DISTANCES; distance++) {
      for (let step = 0; step + distance < STEPS; step++) {
        const older = outputs[step]?.get(name) ?? new Float32Array();
        const wanted = relative(older, outputs[step + distance]?.get(name) ?? new Float32Array());
        expect(collected.of(name, distance, step) / wanted).toBeCloseTo(1, 4);
        expect(wanted).toBeGreaterThan(0);
      }
    }
  }
});
