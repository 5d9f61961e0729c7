// Patchify: tokens[t', h', w'][c, a, b, e] = latents[c, t' pt + a, h' ph + b, w' pw + e]; or, where UNPATCHIFY, back:
//   latents[c, t' pt + a, h' ph + b, w' pw + e] = tokens[t', h', w'][a, b, e, c], for the first channels of the tokens.
//
// latents: [C, T, H, W] f32, one clip of a stack; tokens: [T/pt * H/ph * W/pw, C * pt * ph * pw] f32. Wan's patch
// embedding is a convolution, so there c is slowest; its head has c fastest. A thread writes one value: memory bound.
#include "grid"

struct Params {
  channels: u32,
  frames: u32,
  height: u32,
  width: u32,
  patch_frames: u32,
  patch_height: u32,
  patch_width: u32,
  first: u32,  // where the clip begins in a stack of several
  depth: u32,  // channels of the tokens that are put together, as many as `channels` or more
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = linear_group(group) * 64 + thread;
  let rows = p.height / p.patch_height;
  let columns = p.width / p.patch_width;
  let patch_size = p.patch_frames * p.patch_height * p.patch_width;
  if (i >= p.channels * p.frames * p.height * p.width) {
    return;
  }
#if UNPATCHIFY
  let w = i % p.width;
  let h = i / p.width % p.height;
  let t = i / (p.width * p.height) % p.frames;
  let c = i / (p.width * p.height * p.frames);
  let token = (t / p.patch_frames * rows + h / p.patch_height) * columns + w / p.patch_width;
  let within = (t % p.patch_frames * p.patch_height + h % p.patch_height) * p.patch_width + w % p.patch_width;
  out[p.first + i] = x[(token * patch_size + within) * p.depth + c];
#else
  let token = i / (p.channels * patch_size);
  let c = i / patch_size % p.channels;
  let w = token % columns * p.patch_width + i % p.patch_width;
  let h = token / columns % rows * p.patch_height + i / p.patch_width % p.patch_height;
  let t = token / (columns * rows) * p.patch_frames + i / (p.patch_width * p.patch_height) % p.patch_frames;
  out[i] = x[p.first + ((c * p.frames + t) * p.height + h) * p.width + w];
#endif
}
