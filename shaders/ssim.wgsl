// out[strip, column] = sum over up to 4 windows below each other, and their 3 channels, of 1 - SSIM(a, b), where
//   SSIM = (2 ma mb + C1) (2 sab + C2) / ((ma^2 + mb^2 + C1) (saa + sbb + C2)),  C1 = 0.01^2, C2 = 0.03^2
//   ma = E[a], saa = E[a^2] - ma^2, sab = E[ab] - ma mb, with E weighted by a Gaussian window (Wang et al. 2004).
//
// a, b: [frames, height, stride] u32, of which a row's first `width` pixels count; red in the lowest byte; as [0, 1].
// weights: the window along one side, 3 zeros before and after: [3 + window + 3] f32.
// out: [frames, ceil(rows / 4), columns] f32, with rows = height - window + 1 and columns = width - window + 1.
// A thread takes 4 windows, without barriers: their 14 lines of 11 pixels are weighted along the line once and then by
// each window's row weights, a third of the work of 4 times 11 x 11; 60 sums are as many as registers hold.
// Summing 1 - SSIM, small for clips that are close, keeps in f32 what a sum of values near 1 would round away.
#include "grid"

struct Params {
  frames: u32,
  height: u32,
  width: u32,
  a_stride: u32,  // pixels from a row to the next
  b_stride: u32,
  window: u32,    // pixels along a side, odd
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<u32>;
@group(0) @binding(2) var<storage, read> b: array<u32>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

struct Moments {
  a: vec3f,
  b: vec3f,
  aa: vec3f,
  bb: vec3f,
  ab: vec3f,
}

fn plus(m: Moments, n: Moments, w: f32) -> Moments {
  return Moments(m.a + w * n.a, m.b + w * n.b, m.aa + w * n.aa, m.bb + w * n.bb, m.ab + w * n.ab);
}

fn a_at(row: u32, column: u32) -> vec3f {
  return unpack4x8unorm(a[row * p.a_stride + column]).rgb;
}

fn b_at(row: u32, column: u32) -> vec3f {
  return unpack4x8unorm(b[row * p.b_stride + column]).rgb;
}

// Weighted moments of a window's line, of values less a level of each clip: see main.
fn line(row: u32, column: u32, a_level: vec3f, b_level: vec3f) -> Moments {
  var sum = Moments();
  for (var x = 0u; x < p.window; x++) {
    let u = a_at(row, column + x) - a_level;
    let v = b_at(row, column + x) - b_level;
    sum = plus(sum, Moments(u, v, u * u, v * v, u * v), weights[3 + x]);
  }
  return sum;
}

// 1 - SSIM of a window, summed over channels; exactly 0 where a and b are the same.
fn dissimilarity(m: Moments, a_level: vec3f, b_level: vec3f) -> f32 {
  let ma = m.a + a_level;
  let mb = m.b + b_level;
  let spread = m.aa - m.a * m.a + (m.bb - m.b * m.b) + 0.0009;
  let shared_spread = 2.0 * (m.ab - m.a * m.b) + 0.0009;
  let most = (ma * ma + mb * mb + 0.0001) * spread;
  return dot((most - (2.0 * ma * mb + 0.0001) * shared_spread) / most, vec3f(1.0));
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = linear_group(group) * 64 + thread;
  let rows = p.height - p.window + 1;
  let columns = p.width - p.window + 1;
  let strips = (rows + 3) / 4;
  if (i >= p.frames * strips * columns) {
    return;
  }
  let column = i % columns;
  let first = i / columns % strips * 4;
  let top = i / (columns * strips) * p.height + first;
  // Variances do not change when a constant is taken from all values; with a pixel of the window taken, E[a^2] - E[a]^2
  // does not cancel in flat parts of a picture, where C2 is all that it is compared with.
  let a_level = a_at(top + p.window / 2, column + p.window / 2);
  let b_level = b_at(top + p.window / 2, column + p.window / 2);
#for k 4
  var m$k = Moments();
#endfor
  let lines = min(p.window + 3, p.height - first);
  for (var y = 0u; y < lines; y++) {
    let sums = line(top + y, column, a_level, b_level);
#for k 4
    m$k = plus(m$k, sums, weights[y + 3 - $k]);
#endfor
  }
  var sum = 0.0;
#for k 4
  if (first + $k < rows) {
    sum += dissimilarity(m$k, a_level, b_level);
  }
#endfor
  out[i] = sum;
}
