#include "grid"
#include "activation"
#if MODULATED
#include "modulation"
#endif

struct Params {
  rows: u32,
  width: u32,              // of a row, counted in vec4s
  channels: u32,           // of a row that are not padding
  first_row: u32,          // of `out` that is written
  eps: f32,
  shift_part: u32,
  scale_part: u32,
  group_stride: u32,
  conditioning_parts: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> out: array<Out>;
#if WEIGHT
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;
#endif
#if BIAS
@group(0) @binding(4) var<storage, read> bias: array<vec4f>;
#endif
#if MODULATED
@group(0) @binding(3) var<storage, read> table: array<vec4f>;
@group(0) @binding(4) var<storage, read> conditioning: array<vec4f>;
@group(0) @binding(5) var<storage, read> groups: array<u32>;
#endif

fn total(v: vec4f) -> f32 {
  return v.x + v.y + v.z + v.w;
}

// Four of a row's values less their mean; padding stays zero.
fn centred(row: u32, i: u32, mean: f32) -> vec4f {
  return unpadded(i, x[row * p.width + i] - mean);
}

fn unpadded(i: u32, v: vec4f) -> vec4f {
#if PADDED
  return select(vec4f(), v, i * 4 + vec4u(0, 1, 2, 3) < vec4u(p.channels));
#else
  return v;
#endif
}

// What a row is multiplied by, from the sum of its squares.
fn factor(squares: f32) -> f32 {
#if L2
  return sqrt(f32(p.channels)) / max(sqrt(squares), 1e-12);
#else
  return inverseSqrt(squares / f32(p.channels) + p.eps);
#endif
}

fn store(row: u32, i: u32, normed: vec4f) {
  var y = normed;
#if WEIGHT
  y *= weight[i];
#endif
#if BIAS
  y += bias[i];
#endif
#if MODULATED
  y = y * (1.0 + modulation(p.scale_part, row, i, p.width)) + modulation(p.shift_part, row, i, p.width);
#endif
#if SILU
  y = silu(y);
#endif
  out[(p.first_row + row) * p.width + i] = Out(unpadded(i, y));
}
