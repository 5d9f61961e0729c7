// q, k = rotate(x / sqrt(mean(x^2) + eps) * weight) of each token, a workgroup for q or k of a token.
// rotate: pairs (a, b) of neighbouring channels become (a cos - b sin, a sin + b cos).
//
// x: [tokens, stride] f32 with q and k somewhere in a row, such as fused [tokens, 3 D]; changed in place, or written
// as f16 to the same places of `out`. table: [tokens, headDim / 2] or [tokens, D / 2] of (cos, sin).
// Bound by memory: 64 threads read neighbouring vec4s, and add their squares up in 256 B of workgroup memory.
#include "qk_row"
#include "row_sum"

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let token = linear_group(group);
  let part = group.z;
  if (token >= p.tokens) {
    return;
  }
  var scale = 1.0;
#if WEIGHT_0
  let row = first(token, part);
  var squares = vec4f();
  for (var i = thread; i < p.width; i += LANES) {
    let v = x[row + i];
    squares += v * v;
  }
  scale = factor(row_sum(thread, dot(squares, vec4f(1.0))));
#endif
  for (var i = thread; i < p.width; i += LANES) {
    finish(token, part, i, scale);
  }
}
