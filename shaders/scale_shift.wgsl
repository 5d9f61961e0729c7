// out = [out +] x * scale + shift, by channel: what a kept value comes to at another timestep.
//
// x, out: [rows, width] f32; scale_shift: [2, width] f32, written by the host before each forward. Bound by memory: a
// thread reads and writes each value once.
#include "grid"

struct Params {
  size: u32,   // counted in E's
  width: u32,  // of a row, in E's
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> scale_shift: array<E>;
@group(0) @binding(3) var<storage, read_write> out: array<E>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = linear_group(group) * 64 + thread;
  if (i >= p.size) {
    return;
  }
  let channel = i % p.width;
  var y = x[i] * scale_shift[channel] + scale_shift[p.width + channel];
#if ADDS
  y += out[i];
#endif
  out[i] = y;
}
