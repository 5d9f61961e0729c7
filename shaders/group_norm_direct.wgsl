// partials[frame, chunk] = each channel's mean over a chunk of pixels, and its sum of squared deviations from it; without
// workgroup memory or barriers. The first of a group norm's three kernels: group_norm_finish.wgsl joins the chunks.
//
// x: [frames, pixels, channels] f32, channels in whole vec4s. partials: [frames, chunks, 2, channels] f32.
// For CPU drivers: a thread takes four channels of a chunk, in two passes, since a sum of squares of values with a large
// mean would cancel. The threads of a workgroup, one subgroup of 4, read side by side.
#include "group_norm"

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = linear_group(group) * 4 + thread;
  if (i >= p.frames * p.chunks * p.depth4) {
    return;
  }
  let c = i % p.depth4;
  let chunk = i / p.depth4 % p.chunks;
  let frame = i / p.depth4 / p.chunks;
  let first = column(frame, c);
  let start = chunk * p.chunk;
  let end = min(start + p.chunk, p.pixels);
  var sum = vec4f();
  for (var pixel = start; pixel < end; pixel++) {
    sum += x[first + pixel * p.depth4];
  }
  let mean = sum / f32(end - start);
  var squares = vec4f();
  for (var pixel = start; pixel < end; pixel++) {
    let v = x[first + pixel * p.depth4] - mean;
    squares += v * v;
  }
  store_partial(frame, chunk, c, mean, squares);
}
