#include "grid"

struct Params {
  tokens: u32,
  stride: u32,         // of a token's row in x and out; this and what follows counted in vec4s
  width: u32,          // D, of q, of k and of v
  table_stride: u32,   // of a token's row in `table`
  offset_0: u32,       // in a row, where the parts begin
  offset_1: u32,
  offset_2: u32,
  parts: u32,          // that are normed and rotated; one after them is only copied
  eps: f32,
}
@group(0) @binding(0) var<uniform> p: Params;
#if OUT
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(OUT) var<storage, read_write> out: array<vec4<f16>>;
#else
@group(0) @binding(1) var<storage, read_write> x: array<vec4f>;
#endif
#if WEIGHT_0
@group(0) @binding(WEIGHT_0) var<storage, read> weight_0: array<vec4f>;
@group(0) @binding(WEIGHT_1) var<storage, read> weight_1: array<vec4f>;
#endif
#if TABLE
@group(0) @binding(TABLE) var<storage, read> table: array<vec4f>;  // cos, sin, cos, sin
#endif

fn first(token: u32, part: u32) -> u32 {
  return token * p.stride + select(select(p.offset_2, p.offset_1, part == 1), p.offset_0, part == 0);
}

// What a row is multiplied by, from the sum of its squares.
fn factor(squares: f32) -> f32 {
  return inverseSqrt(squares / f32(p.width * 4) + p.eps);
}

// Finishes the vec4 at i of a part and stores it where it was read.
fn finish(token: u32, part: u32, i: u32, scale: f32) {
  let at = first(token, part) + i;
  var y = x[at];
  if (part < p.parts) {
#if WEIGHT_0
    var weight = weight_0[i];
    if (part == 1) {
      weight = weight_1[i];
    }
    y *= scale * weight;
#endif
#if TABLE
    let angles = table[token * p.table_stride + i % p.table_stride];
    y = y * angles.xxzz + vec4f(-y.y, y.x, -y.w, y.z) * angles.yyww;
#endif
  }
#if OUT
  out[at] = vec4<f16>(y);
#else
  x[at] = y;
#endif
}
