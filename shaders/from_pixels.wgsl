// Pictures as a VAE's encoder takes them:
//   out[t, h, w, (c, x within, y within)] = x[t, c, h patch_size + y within, w patch_size + x within].
//
// x: [T, 3, H, W] f32; out: [T, H / patch_size, W / patch_size, stride] f32, channel-last (layout: lib/pixels.wgsl),
// cleared before for the sake of its padding. A thread moves a pixel; bound by memory.
#include "pixels"
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = linear_group(group) * 64 + thread;
  let area = p.height * p.width;
  if (i >= p.frames * area) {
    return;
  }
  for (var c = 0u; c < 3; c++) {
    out[channel_last_at(i, c)] = x[(i / area * 3 + c) * area + i % area];
  }
}
