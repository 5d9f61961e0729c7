// partials[share] = the sums of a metric (shaders/metrics) over a share of a and b; b = a.
//   a: rows 0, every, 2 every, ... of `feature`, [rows, width] f32 or f16; b: `cached`, [ceil(rows / every), width], or
//   the feature itself some rows before a
//
// A share is a workgroup's of 256 threads: enough of them in flight to wait for memory, which is what bounds it (two
// reads and one write). All shares read side by side, so that every access of a subgroup is one line. A tree in 2 to 4 KiB
// of workgroup memory sums the threads in an order that never changes: the same input gives the same bits.
// lib/block_diff.wgsl has the loop, block_scores.wgsl what becomes of the partials.
#include "block_diff"

var<workgroup> sums: array<Sums, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let share = linear_group(group);
  sums[thread] = diff_share(share * 256 + thread, p.shares * 256);
  for (var half = 128u; half > 0; half /= 2) {
    workgroupBarrier();
    if (thread < half) {
      sums[thread] += sums[thread + half];
    }
  }
  if (thread == 0 && share < p.shares) {
    partials[p.first + share] = sums[0];
  }
}
