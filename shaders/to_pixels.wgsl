// A VAE's output as pictures: x in [-1, 1], clamped; rgba = pack(x / 2 + 1/2), alpha 1, or where FLOATS the x as f32.
//
// x: [T, H / patch_size, W / patch_size, stride] f32, channel-last, its padding ignored (layout: lib/pixels.wgsl).
// out: [T, H, row_stride] u32, red in the lowest byte, or [T, 3, H, W] f32. A thread makes a pixel; bound by memory.
#include "pixels"
@group(0) @binding(2) var<storage, read_write> out: array<Out>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = linear_group(group) * 64 + thread;
  let area = p.height * p.width;
  if (i >= p.frames * area) {
    return;
  }
  let raw = vec3f(x[channel_last_at(i, 0)], x[channel_last_at(i, 1)], x[channel_last_at(i, 2)]);
  let rgb = clamp(raw, vec3f(-1.0), vec3f(1.0));
#if FLOATS
#for c 3
  out[(i / area * 3 + $c) * area + i % area] = rgb[$c];
#endfor
#else
  out[i / p.width * p.row_stride + i % p.width] = pack4x8unorm(vec4f(rgb * 0.5 + 0.5, 1.0));
#endif
}
