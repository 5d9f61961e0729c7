// out = silu?((x - mean) * factor + bias), a group norm's last kernel, with the stats of group_norm_finish.wgsl.
//
// x: [frames, pixels, channels] f32; stats: [frames, 2, channels] f32, means and factors; bias: [channels] f32; out: f32 or
// f16. Counted in vec4s. Bound by memory.
#include "grid"
#include "activation"

struct Params {
  size: u32,    // of x
  frame: u32,   // of a frame of x
  depth4: u32,  // of a pixel
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> stats: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> out: array<Out>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = linear_group(group) * 64 + thread;
  if (i >= p.size) {
    return;
  }
  let c = i % p.depth4;
  let at = i / p.frame * 2 * p.depth4 + c;
  var y = (x[i] - stats[at]) * stats[at + p.depth4] + bias[c];
#if SILU
  y = silu(y);
#endif
  out[i] = Out(y);
}
