// q, k = rotate(x / sqrt(mean(x^2) + eps) * weight) of each token, without workgroup memory or barriers.
// rotate: pairs (a, b) of neighbouring channels become (a cos - b sin, a sin + b cos).
//
// x: [tokens, stride] f32 with q and k somewhere in a row, such as fused [tokens, 3 D]; changed in place, or written
// as f16 to the same places of `out`. table: [tokens, headDim / 2] or [tokens, D / 2] of (cos, sin).
// For CPU drivers: a thread takes q or k of a token, reading it twice. Parts are the z of the grid.
#include "qk_row"

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let token = linear_group(group) * 4 + thread;
  let part = group.z;
  if (token >= p.tokens) {
    return;
  }
  var scale = 1.0;
#if WEIGHT_0
  let row = first(token, part);
  var squares = vec4f();
  for (var i = 0u; i < p.width; i++) {
    let v = x[row + i];
    squares += v * v;
  }
  scale = factor(dot(squares, vec4f(1.0)));
#endif
  for (var i = 0u; i < p.width; i++) {
    finish(token, part, i, scale);
  }
}
