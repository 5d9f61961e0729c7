#include "grid"

struct Params {
  frames: u32,
  height: u32,      // of the picture
  width: u32,
  patch_size: u32,  // pixels along the side of a channel-last pixel
  stride: u32,      // floats of a channel-last pixel, padding included
  row_stride: u32,  // pixels from a row of packed pixels to the next
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;

// Where channel c of a picture's pixel lies in [T, H / patch_size, W / patch_size, stride]: channels of a patch are
// ordered [c, x within, y within], as diffusers' patchify of AutoencoderKLWan does.
fn channel_last_at(pixel: u32, c: u32) -> u32 {
  let column = pixel % p.width;
  let row = pixel / p.width;  // of all frames: height is a multiple of patch_size
  let channel = (c * p.patch_size + column % p.patch_size) * p.patch_size + row % p.patch_size;
  return (row / p.patch_size * (p.width / p.patch_size) + column / p.patch_size) * p.stride + channel;
}
