// sums = (sum a, sum b, sum a b, sum b b) over the rows of each channel: what a line from b to a is fitted by.
//
// newer (a), older (b): [rows, width] f32; sums: [4, width] f32. A thread takes E channels from top to bottom, so that
// the same input gives the same bits; neighbours read neighbours. For calibration: few threads, no barriers.
#include "grid"

struct Params {
  rows: u32,
  width: u32,  // counted in E's
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> newer: array<E>;
@group(0) @binding(2) var<storage, read> older: array<E>;
@group(0) @binding(3) var<storage, read_write> sums: array<E>;

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let channel = linear_group(group) * 4 + thread;
  if (channel >= p.width) {
    return;
  }
  var of_a = E();
  var of_b = E();
  var products = E();
  var squares = E();
  for (var row = 0u; row < p.rows; row++) {
    let a = newer[row * p.width + channel];
    let b = older[row * p.width + channel];
    of_a += a;
    of_b += b;
    products += a * b;
    squares += b * b;
  }
  sums[channel] = of_a;
  sums[p.width + channel] = of_b;
  sums[2 * p.width + channel] = products;
  sums[3 * p.width + channel] = squares;
}
