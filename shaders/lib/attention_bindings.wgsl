#include "grid"

struct Params {
  queries: u32,
  keys: u32,
  heads: u32,
  head_dim: u32,     // counted in vec4s, as all that follows up to out_batch
  q_offset: u32,     // where the first row's first head begins
  q_row: u32,        // from a row to the next
  q_batch: u32,      // from a batch to the next
  k_offset: u32,
  k_row: u32,
  k_batch: u32,
  v_offset: u32,
  v_row: u32,
  v_batch: u32,
  out_offset: u32,
  out_row: u32,
  out_batch: u32,
  scale: f32,
  bias_batch: u32,   // from a batch's key bias to the next, 0 where they share one
  block: u32,        // queries and keys of a block of the causal mask
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> q: array<Q>;
@group(0) @binding(2) var<storage, read> k: array<K>;
@group(0) @binding(3) var<storage, read> v: array<V>;
@group(0) @binding(4) var<storage, read_write> out: array<Out>;
#if KEY_BIAS
@group(0) @binding(KEY_BIAS) var<storage, read> key_bias: array<f32>;
#endif
#if RELATIVE_BIAS
@group(0) @binding(RELATIVE_BIAS) var<storage, read> relative_bias: array<f32>;
#endif
#if LOG_SUM_EXP
@group(0) @binding(LOG_SUM_EXP) var<storage, read_write> log_sum_exp: array<f32>;
#endif
#if HEAD_MASK
@group(0) @binding(HEAD_MASK) var<storage, read> head_mask: array<u32>;
#endif

// Scores of keys that must not be seen; finite, so that no inf - inf can arise.
const LOWEST: f32 = -1e38;

fn q_at(batch: u32, row: u32, head: u32) -> u32 {
  return p.q_offset + batch * p.q_batch + row * p.q_row + head * p.head_dim;
}

fn k_at(batch: u32, row: u32, head: u32) -> u32 {
  return p.k_offset + batch * p.k_batch + row * p.k_row + head * p.head_dim;
}

fn v_at(batch: u32, row: u32, head: u32) -> u32 {
  return p.v_offset + batch * p.v_batch + row * p.v_row + head * p.head_dim;
}

fn out_at(batch: u32, row: u32, head: u32) -> u32 {
  return p.out_offset + batch * p.out_batch + row * p.out_row + head * p.head_dim;
}

// Whether a head is computed; of one that is not, nothing is written.
fn is_wanted(head: u32) -> bool {
#if HEAD_MASK
  return head_mask[head] != 0;
#else
  return true;
#endif
}

// The keys that a query sees: all before this one.
fn visible(query: u32) -> u32 {
#if BLOCK_CAUSAL
  return min(p.keys, (query / p.block + 1) * p.block);
#else
  return p.keys;
#endif
}

// Scores of a query and four keys from their dot products.
fn score(dots: vec4f, batch: u32, head: u32, query: u32, key: vec4u) -> vec4f {
  var s = dots * p.scale;
#if KEY_BIAS
  let b = batch * p.bias_batch + min(key, vec4u(p.keys - 1));
  s += vec4f(key_bias[b.x], key_bias[b.y], key_bias[b.z], key_bias[b.w]);
#endif
#if RELATIVE_BIAS
  let r = head * (p.queries + p.keys - 1) + min(key, vec4u(p.keys - 1)) + (p.queries - 1 - query);
  s += vec4f(relative_bias[r.x], relative_bias[r.y], relative_bias[r.z], relative_bias[r.w]);
#endif
  return select(vec4f(LOWEST), max(s, vec4f(LOWEST)), key < vec4u(visible(query)));
}

fn largest(s: vec4f) -> f32 {
  return max(max(s.x, s.y), max(s.z, s.w));
}

fn total(s: vec4f) -> f32 {
  return s.x + s.y + s.z + s.w;
}
