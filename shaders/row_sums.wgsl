// out[row] = sum over x[row, :].
//
// x: [rows, width] f32. out: [rows] f32. A thread takes a row from left to right, without barriers, so that the same
// input gives the same bits; for what is small beside the work that made x.
#include "grid"

struct Params {
  rows: u32,
  width: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = linear_group(group) * 4 + thread;
  if (row >= p.rows) {
    return;
  }
  var sum = 0.0;
  for (var i = 0u; i < p.width; i++) {
    sum += x[row * p.width + i];
  }
  out[row] = sum;
}
