import { describe, expect, test } from 'vitest';
import { configurePolicy } from '../../../src/cache/index.ts';
import { type HookRun, type SamePolicy, samePolicy } from '../../../src/conformance/hook-options/index.ts';

const RUN: HookRun = { steps: 8, guidance: 4, isBatched: false, blocks: 12 };

/** Our policy for a hook, which must take its options. */
function same(name: string, options: Readonly<Record<string, unknown>>, run: Partial<HookRun> = {}): SamePolicy {
  const found = samePolicy(name, options, { ...RUN, ...run });
  if (typeof found === 'string') throw new Error(found);
  configurePolicy(found.policy, found.options);
  return found;
}

const RATIOS = [1, 0.98, 0.97];

describe('what is not carried out is refused by name', () => {
  test.each([
    ['fbcache', { threshold: 0.1, mode: 'fast' }, 'mode: "fast" is not built'],
    ['fbcache', { threshold: '0.1' }, 'threshold: "0.1" is not built'],
    ['magcache', { mag_ratios: RATIOS, num_inference_steps: 28 }, 'num_inference_steps: 28 is not built'],
    ['magcache', {}, 'mag_ratios are missing'],
    ['pab', { spatial_attention_block_identifiers: ['blocks.0'] }, 'spatial_attention_block_identifiers: ["blocks.0"]'],
    ['taylorseer', { use_lite_mode: true }, 'use_lite_mode: true is not built'],
    ['taylorseer', { max_order: 4 }, 'max_order: 4 is not built'],
    ['taylorseer', { taylor_factors_dtype: 'torch.bfloat16' }, 'taylor_factors_dtype'],
    ['dbcache', { force_refresh_step_hint: 4 }, 'force_refresh_step_hint: 4 is not built'],
    ['dbcache', { downsample_factor: 2 }, 'downsample_factor: 2 is not built'],
    ['dbcache', { num_inference_steps: 4 }, 'num_inference_steps: 4 is not built'],
    ['dbcache', { Fn_compute_blocks: 8, Bn_compute_blocks: 8 }, 'run twice'],
    ['dbcache', { enable_separate_cfg: false }, 'one state for both branches'],
    ['toString', {}, 'no policy toString is built'],
  ])('%s %j', (name, options, problem) => {
    expect(samePolicy(name, options, RUN)).toContain(problem);
  });

  test.each(['fbcache', 'dbcache'])('%s of both branches in one forward', (name) => {
    expect(samePolicy(name, {}, { ...RUN, isBatched: true })).toContain('one decision for both branches');
  });
});

describe('dbcache', () => {
  const options = (given: Readonly<Record<string, unknown>>, run?: Partial<HookRun>) =>
    same('dbcache', given, run).options;

  test("without options, cache-dit's defaults", () => {
    expect(same('dbcache', {})).toEqual({
      policy: 'dbcache',
      options: {
        fnComputeBlocks: 8,
        bnComputeBlocks: 0,
        residualDiffThreshold: 0.08,
        maxAccumulatedResidualDiff: -1,
        taylor: 0,
        count: 'cache-dit',
        warmupSteps: 0,
        stepsMask: '11111111',
        maxCachedSteps: -1,
        maxContinuousCachedSteps: -1,
        branches: 'separate',
      },
      skipsBlocks: true,
      alternates: false,
    });
  });

  test('a warm-up with an interval, and a mask, which ends the warm-up', () => {
    expect(options({ max_warmup_steps: 5, warmup_interval: 2 }).stepsMask).toBe('10101000');
    const mask = [1, 1, 0, 0, 0, 1, 0, 0];
    expect(options({ max_warmup_steps: 5, steps_computation_mask: mask }).stepsMask).toBe('11000100');
    expect(options({ max_warmup_steps: 1, steps_computation_mask: [1, 0, 0] }).stepsMask).toBe('10000000');
  });

  test('a static mask reuses whatever is measured, and knows no limits', () => {
    const given = { steps_computation_mask: [1, 1, 0], steps_computation_policy: 'static', max_cached_steps: 2 };
    expect(options(given)).toMatchObject({ residualDiffThreshold: Number.POSITIVE_INFINITY, maxCachedSteps: -1 });
  });

  test('a threshold of 1 takes everything for alike', () => {
    const given = { residual_diff_threshold: 1, max_accumulated_residual_diff_threshold: 0.5 };
    expect(options(given)).toMatchObject({
      residualDiffThreshold: Number.POSITIVE_INFINITY,
      maxAccumulatedResidualDiff: -1,
    });
  });

  test('one difference for both branches', () => {
    expect(options({ cfg_diff_compute_separate: false }).branches).toBe('condLeads');
    expect(options({ cfg_diff_compute_separate: false, cfg_compute_first: true }).branches).toBe('separate');
  });

  test('without guidance, every second step is the other branch to it, unless it is told that there is none', () => {
    expect(same('dbcache', {}, { guidance: 1 })).toMatchObject({ alternates: true, options: { stepsMask: '1111' } });
    const told = same('dbcache', { enable_separate_cfg: false }, { guidance: 1 });
    expect(told).toMatchObject({ alternates: false, options: { stepsMask: '11111111' } });
  });
});

describe('pab', () => {
  test('a range of both, or one of each', () => {
    const both = { spatial_attention_block_skip_range: 2, timestep_skip_range: [200, 950] };
    expect(same('pab', both).options).toMatchObject({ spatial: 2, cross: 1, spatialFrom: 200, crossTo: 950 });
    const each = { ...both, cross_attention_timestep_skip_range: [-1, 1001] };
    expect(same('pab', each).options).toMatchObject({ spatialTo: 950, crossFrom: -1, crossTo: 1001 });
  });

  test('its hook counts forwards where there are two a step', () => {
    expect(same('pab', {}).options).toMatchObject({ spatial: 2, counter: 'forwards' });
    expect(same('pab', {}, { guidance: 1 }).options.counter).toBe('steps');
    expect(same('pab', {}, { isBatched: true }).options.counter).toBe('steps');
  });
});

test('magcache: while it calibrates, everything computes', () => {
  expect(same('magcache', { calibrate: true }).policy).toBe('none');
  const { options } = same('magcache', { mag_ratios: RATIOS });
  expect(options).toEqual({ threshold: 0.06, k: 3, retentionRatio: 0.2, ratios: RATIOS, reading: 'diffusers' });
});

test('taylorseer: steps after which it is off', () => {
  const { options } = same('taylorseer', { disable_cache_after_step: 6, max_order: 2 });
  expect(options).toEqual({ interval: 5, first: 3, order: 2, phase: 'diffusers', stepsMask: '00000011' });
});
