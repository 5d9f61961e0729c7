// out[row] = sum over a row's pixels and red, green and blue of (a - b)^2, in bytes: what PSNR's mean is of.
//
// a, b: [frames * height, stride] u32, of which a row's first `width` pixels count; red in the lowest byte, no alpha.
// out: [frames * height] u32. Integers: the sums are exact, for rows of up to 2^32 / (3 * 255^2) pixels.
// A thread takes a row, without barriers: there are thousands of rows, and each is read once. Bound by memory.
#include "grid"

struct Params {
  rows: u32,      // of all frames
  width: u32,
  a_stride: u32,  // pixels from a row to the next
  b_stride: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<u32>;
@group(0) @binding(2) var<storage, read> b: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<u32>;

fn rgb(pixel: u32) -> vec3i {
  return vec3i((vec3u(pixel) >> vec3u(0, 8, 16)) & vec3u(255));
}

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = linear_group(group) * 4 + thread;
  if (row >= p.rows) {
    return;
  }
  var sum = 0u;
  for (var x = 0u; x < p.width; x++) {
    let difference = rgb(a[row * p.a_stride + x]) - rgb(b[row * p.b_stride + x]);
    sum += u32(dot(difference, difference));
  }
  out[row] = sum;
}
