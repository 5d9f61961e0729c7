// partials[frame, chunk] = each channel's mean over a chunk of pixels, and its sum of squared deviations from it; a
// workgroup a chunk. The first of a group norm's three kernels: group_norm_finish.wgsl joins the chunks.
//
// x: [frames, pixels, channels] f32, channels in whole vec4s. partials: [frames, chunks, 2, channels] f32.
// 256 threads take 16 vec4s of channels of 16 pixels at a time, so that neighbours read one line; sums over the 16 go
// through 4 KiB of workgroup memory. Bound by memory: two passes for squares that do not cancel cost little, as a chunk
// is in the cache.
#include "group_norm"

var<workgroup> sums: array<vec4f, 256>;

// The sum over the 16 threads of a column, known to all of them.
fn column_sum(thread: u32, part: vec4f) -> vec4f {
  workgroupBarrier();
  sums[thread] = part;
  for (var half = 128u; half >= 16; half /= 2) {
    workgroupBarrier();
    if (thread < half) {
      sums[thread] += sums[thread + half];
    }
  }
  workgroupBarrier();
  return sums[thread % 16];
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  // Workgroups past the last chunk and threads past the last channel work on those too: all must reach the barriers.
  let wanted = linear_group(group);
  let id = min(wanted, p.frames * p.chunks - 1);
  let chunk = id % p.chunks;
  let frame = id / p.chunks;
  let wanted_c = group.z * 16 + thread % 16;
  let c = min(wanted_c, p.depth4 - 1);
  let first = column(frame, c);
  let start = chunk * p.chunk;
  let end = min(start + p.chunk, p.pixels);
  var sum = vec4f();
  for (var pixel = start + thread / 16; pixel < end; pixel += 16) {
    sum += x[first + pixel * p.depth4];
  }
  let mean = column_sum(thread, sum) / f32(end - start);
  var squares = vec4f();
  for (var pixel = start + thread / 16; pixel < end; pixel += 16) {
    let v = x[first + pixel * p.depth4] - mean;
    squares += v * v;
  }
  squares = column_sum(thread, squares);
  if (thread < 16 && wanted == id && wanted_c == c) {
    store_partial(frame, chunk, c, mean, squares);
  }
}
