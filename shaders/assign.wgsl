// out = x, value by value. A kernel and not a copy command, since the GPU can skip a dispatch and not a copy.
// x, out: f32; x from vec4 `first` on. Bound by memory.
#include "grid"

struct Params {
  size: u32,   // counted in vec4s
  first: u32,  // of x
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = linear_group(group) * 64 + thread;
  if (i < p.size) {
    out[i] = x[p.first + i];
  }
}
