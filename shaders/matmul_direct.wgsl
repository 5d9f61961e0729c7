// y[m, n] = epilogue(sum_k x[m, k] * weight[n, k] + bias[n]), without workgroup memory or barriers.
//
// x: [rows, K] f32 or f16. weight: [columns, ceil(K / 4) * 4] f32, f16 or f16 packed in u32. out: [rows, out_stride].
// For CPU drivers (SwiftShader): there a barrier stops every fibre of a workgroup, and each load from storage is a
// gather with a bounds check, so what counts is arithmetic per load. A thread keeps TILE_M x 16 outputs in registers:
// at 16 x 16, 32 vec4 loads feed 1024 multiply-adds. A workgroup is one subgroup of 4 threads side by side, since the
// driver hands out whole workgroups to cores. Measured against other tiles in docs/measurements.md. Loops are unrolled
// here (#for) because that driver does not, and arrays indexed by a loop variable would leave the registers.
#include "matmul_bindings"
#include "matmul_epilogue"

@compute @workgroup_size(4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column0 = id.x * 16;
  let row0 = id.y * TILE_M;
  if (column0 >= p.columns) {
    return;
  }
  let depth4 = (p.depth + 3) / 4;
  let last = p.columns - 1;
#for i TILE_M
  let m$i = min(row0 + $i, p.rows - 1);
#endfor
#for j 4
  let w$j_0 = min(column0 + $j * 4, last) * depth4;
  let w$j_1 = min(column0 + $j * 4 + 1, last) * depth4;
  let w$j_2 = min(column0 + $j * 4 + 2, last) * depth4;
  let w$j_3 = min(column0 + $j * 4 + 3, last) * depth4;
#for i TILE_M
  var y$i_$j = vec4f();
#endfor
#endfor
  for (var k = 0u; k < depth4; k++) {
#for i TILE_M
    let x$i = load_x(m$i, k);
#endfor
#for j 4
    let t$j = mat4x4f(load_weight(w$j_0 + k), load_weight(w$j_1 + k), load_weight(w$j_2 + k), load_weight(w$j_3 + k));
#for i TILE_M
    y$i_$j += x$i * t$j;
#endfor
#endfor
  }
  // One loop, not unrolled: 64 copies of an epilogue take a CPU driver seconds to compile.
  var y = array<vec4f, TILE_M * 4>(
#for i TILE_M
    y$i_0, y$i_1, y$i_2, y$i_3,
#endfor
  );
  for (var i = 0u; i < min(TILE_M, p.rows - row0) * 4; i++) {
    store(row0 + i / 4, column0 + i % 4 * 4, y[i]);
  }
}

fn store(row: u32, column: u32, y: vec4f) {
#if ALIGNED_N
  if (column < p.columns) {
    finish(row, column / 4, y);
  }
#else
  for (var c = 0u; c < 4 && column + c < p.columns; c++) {
    finish(row, column + c, y[c]);
  }
#endif
}
