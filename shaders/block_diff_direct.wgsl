// partials[share] = the sums of a metric (shaders/metrics) over a share of a and b; b = a. Without workgroup memory or barriers.
//   a: rows 0, every, 2 every, ... of `feature`, [rows, width] f32 or f16; b: `cached`, [ceil(rows / every), width], or
//   the feature itself some rows before a
//
// For CPU drivers: a share is a thread's; neighbouring threads of a workgroup, one subgroup of 4, read neighbours.
// lib/block_diff.wgsl has the loop, block_scores.wgsl what becomes of the partials.
#include "block_diff"

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let share = linear_group(group) * 4 + thread;
  if (share < p.shares) {
    partials[p.first + share] = diff_share(share, p.shares);
  }
}
