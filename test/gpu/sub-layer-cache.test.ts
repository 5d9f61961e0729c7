import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Action, forward as forwardOf, keep, run as ran, restore } from '../../src/cache/action.ts';
import { blockSites, type Site } from '../../src/cache/site.ts';
import type { Tensor } from '../../src/gpu/tensor.ts';
import { downloadF32 } from '../../src/gpu/transfer.ts';
import type { ForwardSites } from '../../src/models/forward-sites.ts';
import { testGpu } from '../support/kernel-run.ts';
import { subLayerDigits } from '../support/run-shape.ts';
import { artifact } from '../support/smoothcache.ts';
import { countKernels, TinyRuns } from '../support/wan-runs.ts';

const STEPS = 8;

/** Self-attention changes too much to be reused; the others not. */
const MIXED = artifact(STEPS, [0.1, 0.16]);
const UNEVEN = { ...MIXED, errors: { ...MIXED.errors, selfAttention: artifact(STEPS, [0.9, 0.9]).errors.mlp } };

let runs: TinyRuns;
beforeAll(async () => {
  runs = await TinyRuns.open(await testGpu(), STEPS);
}, 60_000);
afterAll(() => runs.dispose());

const streamOf = () => (runs.run.sites.get('cond') as ForwardSites).stream;

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
    for (const key of ['cond', 'uncond'] as const) {
      for (const [type, digits] of Object.entries(schedule))
        expect(subLayerDigits(record.sites, key, type)).toBe(digits);
    }
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
    expect(cache.plannedBytes).toBeGreaterThan(2 * 2 * 3 * streamOf().bytes);
    cache.stop();
    expect(memory.currentBytes).toBe(before);
  });
});

describe('a forward put together', () => {
  /** Every sub-layer of every block. */
  const every = (action: (site: Site) => Action): Action[] =>
    blockSites(runs.shape).flatMap((block) => runs.shape.subLayers.map((type) => action(`${block}.${type}` as Site)));
  const computed = () => every((site) => keep(site, ran(site)));
  const reused = () => every((site) => restore(site));

  /** The head's input after the forward of a step; without actions of its blocks, as without a policy. */
  async function forward(cache: ReturnType<TinyRuns['cache']>['cache'], step: number, blocks?: Action[]) {
    const { gpu, run } = runs;
    run.beginStep(step, runs.sampler, 4);
    const actions = forwardOf(...(blocks ?? blockSites(runs.shape).map((site) => ran(site))));
    gpu.submit('test', cache.commands({ step, key: 'cond', actions, weights: new Map() }));
    return downloadF32(gpu, streamOf());
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
      const first = await forward(cache, 3, computed());
      for (const [i, value] of plain.entries()) expect(first[i]).toBeCloseTo(value, 4);
      expect(await forward(cache, 3, reused())).toEqual(first);
    });
  });

  test('kept outputs take the gate of the current step', async () => {
    await runs.denoise('none');
    await withCache(async (cache) => {
      const { gpu, run } = runs;
      await forward(cache, 1, computed());
      await run.program.run('cond.embed');
      const want = Float64Array.from(await downloadF32(gpu, streamOf()));
      const width = streamOf().shape[1] as number;
      for (const i of runs.family.components.transformer.blocks.keys()) {
        // The sum's bindings: kept output, stream, learned table, what the timesteps add, the row of each token.
        const slots = cache.parts('cond').slots;
        const [add] = slots?.recording.sections.get(`block.${i}.mlp/add.0`) ?? [];
        const learned = await downloadF32(gpu, add?.tensors[2] as Tensor);
        const proj = await downloadF32(gpu, add?.tensors[3] as Tensor);
        // Step 5's gates of self-attention (2) and MLP (5), as diffusers orders the table.
        const gate = (part: number, column: number) =>
          (learned[part * width + column] as number) + (proj[(5 * 6 + part) * width + column] as number);
        const kept = (type: string) => downloadF32(gpu, slots?.tensors(`block.${i}.${type}`)[0] as Tensor);
        const [attention, cross] = [await kept('selfAttention'), await kept('crossAttention')];
        const mlp = await kept('mlp');
        for (const at of want.keys()) {
          const column = at % width;
          want[at] =
            (want[at] as number) +
            gate(2, column) * (attention[at] as number) +
            (cross[at] as number) +
            gate(5, column) * (mlp[at] as number);
        }
      }
      const got = await forward(cache, 5, reused());
      for (const [i, value] of want.entries()) expect(got[i]).toBeCloseTo(value, 4);
    });
  });

  test('a sub-layer without a slot runs by itself only where its block is taken apart', async () => {
    const { cache } = runs.cache('bwcache');
    await cache.start(runs.gpu);
    await expect(forward(cache, 0, [ran('block.0.mlp')])).rejects.toThrow('block.0.mlp does not run by itself');
    cache.stop();
  });
});
