// out[t, h, w, c] = x[c, t, h, w] * scale[c] + shift[c], zeros for c past the channels: normalised latents as a VAE's
// convolutions take them.
//
// x: [C, T * H * W] f32; out: [T * H * W, width] f32. A thread makes four channels of a pixel: neighbouring threads
// write neighbouring vec4s. Bound by memory, and small.
#include "grid"

struct Params {
  channels: u32,
  pixels: u32,
  width: u32,  // of an output row, counted in vec4s
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
@group(0) @binding(3) var<storage, read> shift: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = linear_group(group) * 64 + thread;
  if (i >= p.pixels * p.width) {
    return;
  }
  let pixel = i / p.width;
  var y = vec4f();
  for (var j = 0u; j < 4; j++) {
    let c = i % p.width * 4 + j;
    if (c < p.channels) {
      y[j] = x[c * p.pixels + pixel] * scale[c] + shift[c];
    }
  }
  out[i] = y;
}
