import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlockPlan, SubLayerPlan } from '../../src/cache/step-plan.ts';
import type { Tensor } from '../../src/gpu/tensor.ts';
import { downloadF32, upload } from '../../src/gpu/transfer.ts';
import { testGpu } from '../support/kernel-run.ts';
import { artifact } from '../support/smoothcache.ts';
import { countKernels, TinyRuns } from '../support/wan-runs.ts';

const STEPS = 8;
const COMPUTE: SubLayerPlan = { kind: 'compute' };
const REUSE: SubLayerPlan = { kind: 'reuse', order: 0, cached: 'beforeGate' };

/** Self-attention changes too much to be reused; the others not. */
const MIXED = artifact(STEPS, [0.1, 0.16]);
const UNEVEN = { ...MIXED, errors: { ...MIXED.errors, selfAttention: artifact(STEPS, [0.9, 0.9]).errors.mlp } };

let runs: TinyRuns;
beforeAll(async () => {
  runs = await TinyRuns.open(await testGpu(), STEPS);
}, 60_000);
afterAll(() => runs.dispose());

describe('smoothcache', () => {
  test('U1: a schedule of ones gives the latents of no policy, bit for bit', async () => {
    const none = await runs.denoise('none');
    const { latents, record } = await runs.denoise('smoothcache', { artifact: MIXED, threshold: 0 });
    expect(latents).toEqual(none.latents);
    expect(record).toEqual(none.record);
  });

  test('U3: what is dispatched is what is reported', async () => {
    const { record, commands } = await runs.denoise('smoothcache', { artifact: UNEVEN, threshold: 0.2 });
    const schedule = { selfAttention: '11111111', crossAttention: '10010011', mlp: '10010011' };
    expect(record.subLayers).toEqual({ cond: schedule, uncond: schedule });
    const blocks = 2 * 2;
    expect(record.blocks.computed).toBeCloseTo((blocks * (8 + 4 + 4)) / 3);
    expect(countKernels(commands, 'attention')).toBe(blocks * (8 + 4));
    // Before the first step, the prompts' keys of each cross-attention, too.
    expect(countKernels(commands, 'qk_norm_rope')).toBe(blocks * (8 + 4 + 1));
    // The last two steps leave nothing to later ones: they run as without a policy.
    expect(countKernels(commands, 'add_gated')).toBe(blocks * 2 * 6);
    expect(countKernels(commands, 'add_scaled')).toBe(blocks * 6);
    expect(countKernels(commands, 'patchify')).toBe(2 * STEPS);
    expect(countKernels(commands, 'unpatchify')).toBe(2 * STEPS);
  });

  test('U6: a run after another, whole or aborted, is a fresh one', async () => {
    const options = { artifact: MIXED, threshold: 1 };
    const first = await runs.denoise('smoothcache', options);
    const aborted = runs.denoise('smoothcache', { artifact: UNEVEN, threshold: 1 }, (step) => {
      if (step === 1) throw new Error('enough');
    });
    await expect(aborted).rejects.toThrow('enough');
    const second = await runs.denoise('smoothcache', options);
    expect(second.latents).toEqual(first.latents);
    expect(second.record).toEqual(first.record);
  });

  test('U11: bytes as planned: three tensors a block and branch, parameters and workspace', async () => {
    const { memory } = runs.gpu;
    const before = memory.currentBytes;
    const { cache } = runs.cache('smoothcache', { artifact: MIXED });
    expect(memory.currentBytes).toBe(before);
    await cache.start(runs.gpu);
    expect(memory.currentBytes - before).toBe(cache.plannedBytes);
    expect(cache.plannedBytes).toBeGreaterThan(2 * 2 * 3 * runs.run.blockInputs.hiddenStates.bytes);
    cache.stop();
    expect(memory.currentBytes).toBe(before);
  });
});

describe('a forward put together', () => {
  const every = (plan: SubLayerPlan): BlockPlan[] =>
    runs.components.transformer.blocks.map(() => ({
      kind: 'subLayers',
      selfAttention: plan,
      crossAttention: plan,
      mlp: plan,
    }));

  /** The head's input after the forward of a step, by a plan of its blocks; without one, as without a policy. */
  async function forward(cache: ReturnType<TinyRuns['cache']>['cache'], step: number, blocks?: BlockPlan[]) {
    const { gpu, run } = runs;
    upload(gpu, run.blockInputs.groups, Uint32Array.of(step));
    run.program.submit(
      cache.commands('cond', blocks ? { kind: 'blocks', blocks } : { kind: 'compute', measure: false }),
    );
    return downloadF32(gpu, run.blockInputs.hiddenStates);
  }

  async function withCache(check: (cache: ReturnType<TinyRuns['cache']>['cache']) => Promise<void>) {
    const { cache } = runs.cache('smoothcache', { artifact: MIXED });
    await cache.start(runs.gpu);
    try {
      await check(cache);
    } finally {
      cache.stop();
    }
  }

  test('of computed sub-layers is the forward without a policy; of kept ones, the same again', async () => {
    await runs.denoise('none');
    await withCache(async (cache) => {
      const plain = await forward(cache, 3);
      const computed = await forward(cache, 3, every(COMPUTE));
      for (const [i, value] of plain.entries()) expect(computed[i]).toBeCloseTo(value, 4);
      expect(await forward(cache, 3, every(REUSE))).toEqual(computed);
    });
  });

  test('kept outputs take the gate of the current step', async () => {
    await runs.denoise('none');
    await withCache(async (cache) => {
      const { gpu, run } = runs;
      await forward(cache, 1, every(COMPUTE));
      run.program.run('cond.embed');
      const want = Float64Array.from(await downloadF32(gpu, run.blockInputs.hiddenStates));
      const proj = await downloadF32(gpu, run.blockInputs.timestepProj);
      const width = run.blockInputs.hiddenStates.shape[1] as number;
      for (const i of runs.components.transformer.blocks.keys()) {
        // The sum's bindings: kept output, stream, learned table, what the timesteps add, the row of each token.
        const [add] = cache.subLayers('cond')?.recording.sections.get(`add.mlp.${i}`) ?? [];
        const learned = await downloadF32(gpu, add?.tensors[2] as Tensor);
        // Step 5's gates of self-attention (2) and MLP (5), as diffusers orders the table.
        const gate = (part: number, column: number) =>
          (learned[part * width + column] as number) + (proj[(5 * 6 + part) * width + column] as number);
        const kept = cache.subLayers('cond')?.kept[i];
        if (!kept) throw new Error('nothing is kept');
        const attention = await downloadF32(gpu, kept.selfAttention);
        const cross = await downloadF32(gpu, kept.crossAttention);
        const mlp = await downloadF32(gpu, kept.mlp);
        for (const at of want.keys()) {
          const column = at % width;
          want[at] =
            (want[at] as number) +
            gate(2, column) * (attention[at] as number) +
            (cross[at] as number) +
            gate(5, column) * (mlp[at] as number);
        }
      }
      const got = await forward(cache, 5, every(REUSE));
      for (const [i, value] of want.entries()) expect(got[i]).toBeCloseTo(value, 4);
    });
  });

  test('what no policy plans is refused', async () => {
    await withCache(async (cache) => {
      const after = { ...REUSE, cached: 'afterGate' } as const;
      expect(() => cache.commands('cond', { kind: 'blocks', blocks: every(after) })).toThrow('is not built');
    });
  });
});
