// out[row] = silu?(affine((x[row] - mean) * factor)), without workgroup memory or barriers.
//   layer: factor = 1 / sqrt(mean((x - mean)^2) + eps);  rms: mean = 0;  l2: factor = sqrt(C) / max(||x||, 1e-12)
//   affine: y * weight + bias, or y * (1 + scale) + shift with adaLN vectors (lib/modulation.wgsl)
//
// x: [rows, width] f32, the row's channels zero-padded to whole vec4s. out: [first_row + rows, width] f32 or f16.
// For CPU drivers: a thread takes a row, in two passes (a sum of squares of values with a large mean would cancel) and
// a third that stores; a row stays in the cache. A workgroup is one subgroup of 4 threads, as in matmul_direct.wgsl.
#include "norm_row"

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = linear_group(group) * 4 + thread;
  if (row >= p.rows) {
    return;
  }
  var mean = 0.0;
#if LAYER
  var sum = vec4f();
  for (var i = 0u; i < p.width; i++) {
    sum += x[row * p.width + i];
  }
  mean = total(sum) / f32(p.channels);
#endif
  var squares = vec4f();
  for (var i = 0u; i < p.width; i++) {
    let v = centred(row, i, mean);
    squares += v * v;
  }
  let scale = factor(total(squares));
  for (var i = 0u; i < p.width; i++) {
    store(row, i, centred(row, i, mean) * scale);
  }
}
