// out = x / (1 + exp(-x)), value by value. x: f32; out: f32 or f16, as many vec4s.
#include "grid"
#include "activation"

struct Params {
  size: u32,  // counted in vec4s
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> out: array<Out>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = linear_group(group) * 64 + thread;
  if (i < p.size) {
    out[i] = Out(silu(x[i]));
  }
}
