import { aFlag, aNumber, anything, count, either, type Hook, mask, only, unbuilt } from './same-policy.ts';

const nothing = only(null);

/**
 * `DBCacheConfig` of cache-dit, with a Taylor calibrator where `taylor` is its order. It takes every second forward for
 * the other branch's, unless told otherwise; also of a run that has but one.
 */
export const dbcache: Hook = (options, { steps, guidance, isBatched, blocks }) => {
  const forwards = guidance > 1 && !isBatched ? 2 : 1;
  const isSeparate = (options.enable_separate_cfg ?? true) === true;
  const alternates = isSeparate && forwards === 1;
  const ownSteps = alternates ? Math.ceil(steps / 2) : steps;
  const missing = unbuilt(options, {
    cache_type: only('DBCache', 'CacheType.DBCache'),
    Fn_compute_blocks: count(1),
    Bn_compute_blocks: count(0),
    residual_diff_threshold: aNumber,
    max_accumulated_residual_diff_threshold: either(aNumber, nothing),
    max_warmup_steps: count(0),
    warmup_interval: count(1),
    max_cached_steps: count(-1),
    max_continuous_cached_steps: count(-1),
    enable_separate_cfg: either(aFlag, nothing),
    cfg_compute_first: aFlag,
    cfg_diff_compute_separate: aFlag,
    // From there on it would begin anew.
    num_inference_steps: either(count(ownSteps), nothing),
    steps_computation_mask: either((value) => Array.isArray(value) && value.every(only(0, 1)), nothing),
    steps_computation_policy: only('dynamic', 'static'),
    force_refresh_step_hint: nothing,
    force_refresh_step_policy: anything,
    l1_hidden_states_diff_threshold: nothing,
    important_condition_threshold: only(0),
    downsample_factor: only(1),
    taylor: either(count(0), nothing),
  });
  if (missing) return missing;
  const { Fn_compute_blocks = 8, Bn_compute_blocks = 0, taylor } = options;
  const [fnComputeBlocks, bnComputeBlocks] = [Number(Fn_compute_blocks), Number(Bn_compute_blocks)];
  if (fnComputeBlocks + bnComputeBlocks > blocks) return 'blocks that are both first and last run twice: not built';
  if (isBatched) return 'one decision for both branches in one forward is not built';
  if (forwards === 2 && !isSeparate) return 'enable_separate_cfg: false keeps one state for both branches: not built';
  if (Number(taylor ?? 0) > 3) return `taylor: ${taylor} is not built`;
  const { residual_diff_threshold = 0.08, steps_computation_mask, steps_computation_policy } = options;
  const given = steps_computation_mask as readonly number[] | null | undefined;
  const isStatic = given && steps_computation_policy === 'static';
  // From 1 on everything is near to everything.
  const isAlways = isStatic || Number(residual_diff_threshold) >= 1;
  const leading = given ? [...given, 0].findIndex((digit) => digit !== 1) : steps;
  const { max_warmup_steps = 8, warmup_interval = 1, max_accumulated_residual_diff_threshold: cap } = options;
  const warm = Math.min(Number(max_warmup_steps), leading);
  const isWarm = (step: number) => step < warm && step % Number(warmup_interval) === 0;
  const limit = (name: string) => (isStatic ? -1 : Number(options[name] ?? -1));
  const isLed = options.cfg_diff_compute_separate === false && options.cfg_compute_first !== true;
  return {
    policy: 'dbcache',
    options: {
      fnComputeBlocks,
      bnComputeBlocks,
      residualDiffThreshold: isAlways ? Number.POSITIVE_INFINITY : Number(residual_diff_threshold),
      maxAccumulatedResidualDiff: !isAlways && Number(cap ?? 0) > 0 ? Number(cap) : -1,
      taylor: Number(taylor ?? 0),
      count: 'cache-dit',
      warmupSteps: 0,
      stepsMask: mask(ownSteps, (step) => isWarm(step) || given?.[step] === 1),
      maxCachedSteps: limit('max_cached_steps'),
      maxContinuousCachedSteps: limit('max_continuous_cached_steps'),
      branches: isSeparate && isLed ? 'condLeads' : 'separate',
    },
    skipsBlocks: true,
    alternates,
  };
};
