// out[row] = silu?(affine((x[row] - mean) * factor)), several threads a row.
//   layer: factor = 1 / sqrt(mean((x - mean)^2) + eps);  rms: mean = 0;  l2: factor = sqrt(C) / max(||x||, 1e-12)
//   affine: y * weight + bias, or y * (1 + scale) + shift with adaLN vectors (lib/modulation.wgsl)
//
// x: [rows, width] f32, the row's channels zero-padded to whole vec4s. out: [first_row + rows, width] f32 or f16.
// A workgroup of 64 threads takes 64 / LANES rows: LANES threads of a row read neighbouring vec4s, 64 of them for a
// transformer's rows, 16 for a VAE's short ones. Bound by memory: two passes for a variance that does not cancel cost
// little, as the row is in the cache. Sums go through 256 B of workgroup memory.
#include "norm_row"
#include "row_sum"

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let wanted = linear_group(group) * (64 / LANES) + thread / LANES;
  // Threads past the last row work on it too: every thread must reach the barriers.
  let row = min(wanted, p.rows - 1);
  let lane = thread % LANES;
  var mean = 0.0;
#if LAYER
  var sum = vec4f();
  for (var i = lane; i < p.width; i += LANES) {
    sum += x[row * p.width + i];
  }
  mean = row_sum(thread, total(sum)) / f32(p.channels);
#endif
  var squares = vec4f();
  for (var i = lane; i < p.width; i += LANES) {
    let v = centred(row, i, mean);
    squares += v * v;
  }
  let scale = factor(row_sum(thread, total(squares)));
  if (wanted < p.rows) {
    for (var i = lane; i < p.width; i += LANES) {
      store(row, i, centred(row, i, mean) * scale);
    }
  }
}
