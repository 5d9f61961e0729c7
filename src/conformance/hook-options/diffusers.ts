import { aFlag, aNumber, anything, aRange, count, either, type Hook, mask, only, unbuilt } from './same-policy.ts';

/** `FirstBlockCacheConfig`. */
export const fbcache: Hook = (options, { isBatched }) => {
  const missing = unbuilt(options, { threshold: aNumber });
  if (missing) return missing;
  if (isBatched) return 'one decision for both branches in one forward is not built';
  const { threshold = 0.05 } = options;
  return { policy: 'fbcache', options: { threshold: Number(threshold) }, skipsBlocks: true };
};

/** `MagCacheConfig`. While it calibrates, it skips nothing. */
export const magcache: Hook = (options, { steps }) => {
  const missing = unbuilt(options, {
    threshold: aNumber,
    max_skip_steps: count(0),
    retention_ratio: aNumber,
    num_inference_steps: only(steps),
    mag_ratios: either((value) => Array.isArray(value) && value.length > 0 && value.every(aNumber), only(null)),
    calibrate: aFlag,
  });
  if (missing) return missing;
  const { threshold = 0.06, max_skip_steps = 3, retention_ratio = 0.2, mag_ratios, calibrate } = options;
  if (calibrate) return { policy: 'none', options: {}, skipsBlocks: true };
  if (!mag_ratios) return 'mag_ratios are missing';
  const set = { threshold: Number(threshold), k: Number(max_skip_steps), retentionRatio: Number(retention_ratio) };
  const ratios = mag_ratios as readonly number[];
  return { policy: 'magcache', options: { ...set, ratios, reading: 'diffusers' }, skipsBlocks: true };
};

/**
 * `PyramidAttentionBroadcastConfig`. Its hook has one counter and one kept output: with guidance in two forwards, both
 * branches take turns on them. The models that we run have no temporal attention.
 */
export const pab: Hook = (options, { guidance, isBatched }) => {
  const missing = unbuilt(options, {
    spatial_attention_block_skip_range: either(count(1), only(null)),
    cross_attention_block_skip_range: either(count(1), only(null)),
    temporal_attention_block_skip_range: anything,
    timestep_skip_range: aRange,
    spatial_attention_timestep_skip_range: aRange,
    cross_attention_timestep_skip_range: aRange,
    temporal_attention_timestep_skip_range: anything,
  });
  if (missing) return missing;
  const { timestep_skip_range: both = [100, 800] } = options;
  const range = (name: string) => (options[`${name}_attention_timestep_skip_range`] ?? both) as [number, number];
  const interval = (name: string) => options[`${name}_attention_block_skip_range`] ?? undefined;
  const [spatial, cross] = [interval('spatial'), interval('cross')];
  // Where it is told nothing, it takes every second self-attention.
  const isUnsaid = spatial === undefined && cross === undefined && interval('temporal') === undefined;
  const [spatialFrom, spatialTo] = range('spatial');
  const [crossFrom, crossTo] = range('cross');
  return {
    policy: 'pab',
    options: {
      spatial: Number(spatial ?? (isUnsaid ? 2 : 1)),
      cross: Number(cross ?? 1),
      spatialFrom,
      spatialTo,
      crossFrom,
      crossTo,
      counter: guidance > 1 && !isBatched ? 'forwards' : 'steps',
    },
    skipsBlocks: false,
  };
};

/** `TaylorSeerCacheConfig`, with what it keeps in f32, of all sub-layers. */
export const taylorseer: Hook = (options, { steps }) => {
  const missing = unbuilt(options, {
    cache_interval: count(1),
    disable_cache_before_step: count(1),
    disable_cache_after_step: either(count(0), only(null)),
    max_order: count(0),
    taylor_factors_dtype: only('torch.float32', 'float32'),
    skip_predict_identifiers: only(null),
    cache_identifiers: only([String.raw`blocks\.\d+\.(attn1|attn2|ffn)`]),
    use_lite_mode: only(false),
    what: only('outputs of attn1, attn2 and ffn, before their gates'),
  });
  if (missing) return missing;
  const { cache_interval = 5, disable_cache_before_step = 3, disable_cache_after_step: after, max_order = 1 } = options;
  if (Number(max_order) > 3) return `max_order: ${max_order} is not built`;
  const stepsMask = typeof after === 'number' ? mask(steps, (step) => step >= after) : '';
  const counts = {
    interval: Number(cache_interval),
    first: Number(disable_cache_before_step),
    order: Number(max_order),
  };
  return { policy: 'taylorseer', options: { ...counts, phase: 'diffusers', stepsMask }, skipsBlocks: false };
};

/** `FasterCacheConfig`, of both branches in one forward, which its guidance cache needs. */
export const fastercache: Hook = (options, { isBatched }) => {
  const missing = unbuilt(options, {
    spatial_attention_block_skip_range: count(1),
    spatial_attention_timestep_skip_range: aRange,
    temporal_attention_block_skip_range: anything,
    temporal_attention_timestep_skip_range: anything,
    unconditional_batch_skip_range: count(1),
    unconditional_batch_timestep_skip_range: aRange,
    low_frequency_weight_update_timestep_range: aRange,
    high_frequency_weight_update_timestep_range: aRange,
    alpha_low_frequency: aNumber,
    alpha_high_frequency: aNumber,
    attention_weight: aNumber,
    tensor_format: only('BCFHW'),
    is_guidance_distilled: only(false),
  });
  if (missing) return missing;
  if (!isBatched) return 'FasterCache of branches in two forwards is not built';
  const range = (name: string, fallback: readonly [number, number]) => (options[name] ?? fallback) as [number, number];
  const number = (name: string, fallback: number) => Number(options[name] ?? fallback);
  const [attentionFrom, attentionTo] = range('spatial_attention_timestep_skip_range', [-1, 681]);
  const [uncondFrom, uncondTo] = range('unconditional_batch_timestep_skip_range', [-1, 641]);
  const [lowFrom, lowTo] = range('low_frequency_weight_update_timestep_range', [99, 901]);
  const [highFrom, highTo] = range('high_frequency_weight_update_timestep_range', [-1, 301]);
  const counts = {
    attentionInterval: number('spatial_attention_block_skip_range', 2),
    uncondInterval: number('unconditional_batch_skip_range', 5),
    weight: number('attention_weight', 0.5),
    lowScale: number('alpha_low_frequency', 1.1),
    highScale: number('alpha_high_frequency', 1.1),
  };
  const ranges = { attentionFrom, attentionTo, uncondFrom, uncondTo, lowFrom, lowTo, highFrom, highTo };
  return { policy: 'fastercache', options: { ...counts, ...ranges }, skipsBlocks: false };
};
