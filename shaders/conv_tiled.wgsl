// out[t, y, x, n] = sum over taps and channels of in[t + kt, y + ky, x + kx, c] * weight[n, tap, c] + bias[n] as one
// matrix product (implicit GEMM), tiles staged in workgroup memory.
//
// x: [frames, in_height, in_width, depth] f32 or f16. weight: [columns, taps, depth] f32, f16 or f16 packed in u32. out:
// [frames, height, width, out_depth] f32. Depths are multiples of 4, filled up with zeros.
// Rows of the product are output pixels, its K runs over taps and, inside, channels: a row of the weight as it lies. 256
// threads make 16 ROWS pixels x 16 COLUMNS channels, ROWS x COLUMNS each; COLUMNS follows the width, since 64 channels
// would be mostly idle for the 3 of an image. A step takes 16 of K: at most (128 + 64) * 16 * 4 B = 12 KiB of workgroup
// memory, within every device's 16 KiB. A thread stages the same pixels and the same quarter of K at each step, so it
// finds a pixel's coordinates once and steps through taps without divisions.
#include "conv_bindings"

const K4: u32 = 4;  // vec4s of K a step
const TILE_M: u32 = 16 * ROWS;
const TILE_N: u32 = 16 * COLUMNS;
var<workgroup> x_tile: array<vec4f, K4 * TILE_M>;
var<workgroup> weight_tile: array<vec4f, K4 * TILE_N>;

// Coordinates of a pixel of the output; t is `frames` or more for those past the end.
fn pixel(m: u32) -> vec3u {
  return vec3u(m / p.width / p.height, m / p.width % p.height, m % p.width);
}

// Four channels of what a tap (time, height, width) sees from an output pixel.
fn load_x(at: vec3u, tap: vec3u, c: u32) -> vec4f {
  let frame = p.now + at.x * p.time_stride + tap.x;
  let row = at.y * STEP + tap.y;
  let column = at.z * STEP + tap.z;
  let y = (row - PAD) >> SHIFT;
  let x0 = (column - PAD) >> SHIFT;
  let outside = frame < p.start + p.k_time - 1 || row < PAD || column < PAD || y >= p.in_height || x0 >= p.in_width;
  if (outside || at.x >= p.frames || tap.x >= p.k_time) {
    return vec4f();
  }
  return vec4f(x[(((frame - (p.k_time - 1)) * p.in_height + y) * p.in_width + x0) * p.depth4 + c]);
}

fn next(tap: vec3u) -> vec3u {
  if (tap.z + 1 < K_WIDTH) {
    return tap + vec3u(0, 0, 1);
  }
  if (tap.y + 1 < p.k_height) {
    return vec3u(tap.x, tap.y + 1, 0);
  }
  return vec3u(tap.x + 1, 0, 0);
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let m0 = linear_group(group) * TILE_M;
  let n0 = group.z * TILE_N;
  let tx = thread % 16;
  let ty = thread / 16;
  let row_size = p.k_time * p.k_height * K_WIDTH * p.depth4;
#for i ROWS
#for j COLUMNS
  var y$i_$j = 0.0;
#endfor
#endfor
  // This thread stages vec4 `lane` of each step for the pixels m0 + thread / 4 + 64 i.
  let lane = thread % K4;
#for i STAGED
  let pixel$i = pixel(m0 + thread / K4 + $i * 64);
#endfor
  var c = lane;
  var tap = vec3u();
  for (var k0 = 0u; k0 < row_size; k0 += K4) {
    while (c >= p.depth4) {
      c -= p.depth4;
      tap = next(tap);
    }
#for i STAGED
    x_tile[lane * TILE_M + thread / K4 + $i * 64] = load_x(pixel$i, tap, c);
#endfor
    c += K4;  // its next vec4, past the end of a tap's channels perhaps
    let column = n0 + thread / K4;
    if (thread / K4 < TILE_N) {
      var v = vec4f();
      if (column < p.columns && k0 + lane < row_size) {
        v = load_weight(column * row_size + k0 + lane);
      }
      weight_tile[lane * TILE_N + thread / K4] = v;
    }
    workgroupBarrier();
    for (var k = 0u; k < K4; k++) {
#for j COLUMNS
      let w$j = weight_tile[k * TILE_N + tx + $j * 16];
#endfor
#for i ROWS
      let x$i = x_tile[k * TILE_M + ty + $i * 16];
#for j COLUMNS
      y$i_$j += dot(x$i, w$j);
#endfor
#endfor
    }
    workgroupBarrier();
  }
#for i ROWS
#for j COLUMNS
  store(m0 + ty + $i * 16, n0 + tx + $j * 16, y$i_$j);
#endfor
#endfor
}

fn store(m: u32, n: u32, y: f32) {
  let at = pixel(m);
  if (at.x < p.frames && n < p.columns) {
    finish(at.x, at.y, at.z, n, y);
  }
}
