// out[t, y, x, n] = sum over taps and channels of in[t + kt, y + ky, x + kx, c] * weight[n, tap, c] + bias[n], without
// workgroup memory or barriers.
//
// x: [frames, in_height, in_width, depth] f32 or f16. weight: [columns, taps, depth] f32, f16 or f16 packed in u32. out:
// [frames, height, width, out_depth] f32. Depths are multiples of 4, filled up with zeros.
// For CPU drivers (SwiftShader): there a load is a gather with a bounds check that costs about as much as a vec4 times a
// mat4x4, so what counts is arithmetic per load. A thread makes PIXELS neighbours in a row x 4 CHANNELS4 channels, and
// the K_WIDTH taps of a kernel row share the input they load: at 8 x 16, 58 loads feed 1536 multiply-adds. A workgroup
// is one subgroup of 4 threads. Measured against other tiles in docs/measurements.md. Loops over what is in registers
// are unrolled here (#for) because that driver does not.
#include "conv_bindings"

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let across = (p.width + PIXELS - 1) / PIXELS;
  let tile = linear_group(group) * 4 + thread;
  let x0 = tile % across * PIXELS;
  let y0 = tile / across % p.height;
  let t = tile / across / p.height;
  if (t >= p.frames) {
    return;
  }
  let row_size = p.k_time * p.k_height * K_WIDTH * p.depth4;
  let n0 = group.z * CHANNELS4;
#for j CHANNELS4
  let w$j = min(n0 + $j, p.columns - 1) * 4 * row_size;
#for i PIXELS
  var y$i_$j = vec4f();
#endfor
#endfor
  // Padding, nearest growth and stride are in which columns are loaded, and which of them a tap takes.
  let left = (x0 * STEP) >> SHIFT;
#for i COLUMNS
  let inside$i = left + $i >= PAD && left + $i - PAD < p.in_width;
  let column$i = min(max(left + $i, PAD) - PAD, p.in_width - 1) * p.depth4;
#endfor
  for (var kt = 0u; kt < p.k_time; kt++) {
    let frame = p.now + t * p.time_stride + kt;
    if (frame < p.start + p.k_time - 1) {
      continue;
    }
    for (var ky = 0u; ky < p.k_height; ky++) {
      let row = y0 * STEP + ky;
      if (row < PAD || (row - PAD) >> SHIFT >= p.in_height) {
        continue;
      }
      let first = ((frame - (p.k_time - 1)) * p.in_height + ((row - PAD) >> SHIFT)) * p.in_width * p.depth4;
      var at = (kt * p.k_height + ky) * K_WIDTH * p.depth4;
      for (var c = first; c < first + p.depth4; c++) {
        let seen = array<vec4f, COLUMNS>(
#for i COLUMNS
          select(vec4f(), vec4f(x[c + column$i]), inside$i),
#endfor
        );
#for k K_WIDTH
#for j CHANNELS4
        {
          let w = w$j + at + $k * p.depth4;
          let m = mat4x4f(
            load_weight(w),
            load_weight(w + row_size),
            load_weight(w + 2 * row_size),
            load_weight(w + 3 * row_size),
          );
#for i PIXELS
          y$i_$j += seen[($i * STEP + $k + UP) >> SHIFT] * m;
#endfor
        }
#endfor
#endfor
        at++;
      }
    }
  }
  // One loop, not unrolled: 64 copies of an epilogue take a CPU driver seconds to compile.
  var y = array<vec4f, PIXELS * CHANNELS4>(
#for i PIXELS
#for j CHANNELS4
    y$i_$j,
#endfor
#endfor
  );
  for (var i = 0u; i < min(PIXELS, p.width - x0) * CHANNELS4; i++) {
    if (n0 + i % CHANNELS4 < p.columns) {
      finish(t, y0, x0 + i / CHANNELS4, n0 + i % CHANNELS4, y[i]);
    }
  }
}
