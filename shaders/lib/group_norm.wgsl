#include "grid"

struct Params {
  frames: u32,
  pixels: u32,  // of a frame
  depth4: u32,  // vec4s of channels of a pixel
  chunks: u32,  // of a frame
  chunk: u32,   // pixels of each but the last, which may have fewer
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partials: array<vec4f>;

// Where four channels of a frame's first pixel lie.
fn column(frame: u32, c: u32) -> u32 {
  return frame * p.pixels * p.depth4 + c;
}

// The chunk's mean and sum of squared deviations of each of four channels.
fn store_partial(frame: u32, chunk: u32, c: u32, mean: vec4f, squares: vec4f) {
  let at = (frame * p.chunks + chunk) * 2 * p.depth4 + c;
  partials[at] = mean;
  partials[at + p.depth4] = squares;
}
