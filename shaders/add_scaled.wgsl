// out = x + factor * out, value by value; with a factor of 1 or -1 exactly the f32 sum or difference.
// x, out: f32, as many vec4s. Bound by memory.
#include "grid"

struct Params {
  size: u32,  // counted in vec4s
  factor: f32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = linear_group(group) * 64 + thread;
  if (i < p.size) {
    out[i] = x[i] + p.factor * out[i];
  }
}
