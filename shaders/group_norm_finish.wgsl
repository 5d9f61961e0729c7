// stats[frame] = for each channel the mean of its group, and what it is multiplied by: weight / sqrt(variance + eps), the
// variance being that of all pixels and channels of the group. Joins the chunks of group_norm_direct.wgsl or _tiled.wgsl:
//   variance = sum over chunks and channels of (squares + pixels * (mean of the chunk - mean)^2) / count
//
// partials: [frames, chunks, 2, channels] f32; weight: [channels] f32; stats: [frames, 2, channels] f32. Groups need not
// be whole vec4s. LANES threads take a group, one of them on CPU drivers, and need no barrier then.
#include "grid"

struct Params {
  frames: u32,
  pixels: u32,
  channels: u32,
  chunks: u32,
  chunk: u32,
  groups: u32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> partials: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> stats: array<f32>;

#if TILED
#include "row_sum"
#else
fn row_sum(thread: u32, part: f32) -> f32 {
  return part;
}
#endif

fn pixels_of(chunk: u32) -> f32 {
  return f32(min(p.chunk, p.pixels - chunk * p.chunk));
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let wanted = linear_group(group) * (THREADS / LANES) + thread / LANES;
  // Threads past the last group work on it too: every thread must reach the barriers.
  let id = min(wanted, p.frames * p.groups - 1);
  let lane = thread % LANES;
  let frame = id / p.groups;
  let size = p.channels / p.groups;
  let first = id % p.groups * size;
  let count = f32(p.pixels) * f32(size);
  var sum = 0.0;
  for (var chunk = lane; chunk < p.chunks; chunk += LANES) {
    let means = (frame * p.chunks + chunk) * 2 * p.channels + first;
    var part = 0.0;
    for (var c = 0u; c < size; c++) {
      part += partials[means + c];
    }
    sum += part * pixels_of(chunk);
  }
  let mean = row_sum(thread, sum) / count;
  var squares = 0.0;
  for (var chunk = lane; chunk < p.chunks; chunk += LANES) {
    let means = (frame * p.chunks + chunk) * 2 * p.channels + first;
    for (var c = 0u; c < size; c++) {
      let off = partials[means + c] - mean;
      squares += partials[means + p.channels + c] + pixels_of(chunk) * off * off;
    }
  }
  let factor = inverseSqrt(row_sum(thread, squares) / count + p.eps);
  if (wanted == id) {
    for (var c = first + lane; c < first + size; c += LANES) {
      stats[frame * 2 * p.channels + c] = mean;
      stats[(frame * 2 + 1) * p.channels + c] = factor * weight[c];
    }
  }
}
