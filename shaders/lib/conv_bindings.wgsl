#include "grid"

struct Params {
  frames: u32,         // that are computed
  height: u32,         // of the output
  width: u32,
  in_height: u32,
  in_width: u32,
  depth4: u32,         // vec4s of channels of a pixel of x
  columns: u32,        // channels of the weight, counted in E
  out_depth: u32,      // channels of a pixel of `out`, counted in E; `columns` or half of it
  k_time: u32,
  k_height: u32,
  now: u32,            // frame of x that the last tap of the first computed frame reads
  start: u32,          // frames of x before this one are zeros, whatever the buffer holds
  time_stride: u32,
  out_frame: u32,      // the first frame of `out` that is written
  residual: u32,       // 1: adds to `out`
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<X>;
@group(0) @binding(2) var<storage, read> weight: array<W>;
@group(0) @binding(3) var<storage, read_write> out: array<E>;
#if BIAS
@group(0) @binding(4) var<storage, read> bias: array<E>;
#endif

const PAD: u32 = (1 - DOWN) * (K_WIDTH / 2);  // zero rows above and columns to the left
const SHIFT: u32 = UP;                        // nearest x2: pixel i of the grown image is pixel i / 2 of x
const STEP: u32 = 1 + DOWN;

// Four channels of one tap of an output channel.
fn load_weight(at: u32) -> vec4f {
#if PACKED
  let packed = weight[at];
  return vec4f(unpack2x16float(packed.x), unpack2x16float(packed.y));
#else
  return vec4f(weight[at]);
#endif
}

// Stores channel n, counted in E, of a pixel of computed frame t. Twice as many columns as channels make two frames.
fn finish(t: u32, row: u32, column: u32, n: u32, accumulated: E) {
  var y = accumulated;
#if BIAS
  y += bias[n];
#endif
  let frame = p.out_frame + t * (p.columns / p.out_depth) + n / p.out_depth;
  let i = ((frame * p.height + row) * p.width + column) * p.out_depth + n % p.out_depth;
  if (p.residual != 0) {
    y += out[i];
  }
  out[i] = y;
}
