// y[m, n] = epilogue(sum_k x[m, k] * weight[n, k] + bias[n]), tiles staged in workgroup memory.
//
// x: [rows, K] f32 or f16. weight: [columns, ceil(K / 4) * 4] f32, f16 or f16 packed in u32. out: [rows, out_stride].
// 256 threads make TILE_M x 64 outputs, TILE_M / 16 x 4 each: 64 x 64 by default, 128 x 64 where there are enough rows
// to fill the GPU with such tiles. A step takes 16 of K: (TILE_M + 64) * 16 * 4 B = 8 or 12 KiB of workgroup memory,
// within every device's 16 KiB. Tiles are vec4s along K, so staging is vec4 loads; threads of a row read neighbouring
// columns of the weight tile and store neighbouring outputs.
#include "matmul_bindings"
#include "matmul_epilogue"

const K4: u32 = 4;  // vec4s of K a step
var<workgroup> x_tile: array<vec4f, K4 * TILE_M>;
var<workgroup> weight_tile: array<vec4f, K4 * 64>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let m0 = group.y * TILE_M;
  let n0 = group.x * 64;
  let tx = thread % 16;
  let ty = thread / 16;
  let depth4 = (p.depth + 3) / 4;
#for i ROWS
#for j 4
  var y$i_$j = 0.0;
#endfor
#endfor
  for (var k0 = 0u; k0 < depth4; k0 += K4) {
    for (var i = thread; i < K4 * TILE_M; i += 256) {
      let row = m0 + i / K4;
      let k = k0 + i % K4;
      var v = vec4f();
      if (row < p.rows && k < depth4) {
        v = load_x(row, k);
      }
      x_tile[(i % K4) * TILE_M + i / K4] = v;
    }
    for (var i = thread; i < K4 * 64; i += 256) {
      let column = n0 + i / K4;
      let k = k0 + i % K4;
      var v = vec4f();
      if (column < p.columns && k < depth4) {
        v = load_weight(column * depth4 + k);
      }
      weight_tile[(i % K4) * 64 + i / K4] = v;
    }
    workgroupBarrier();
    for (var k = 0u; k < K4; k++) {
#for j 4
      let w$j = weight_tile[k * 64 + tx + $j * 16];
#endfor
#for i ROWS
      let x$i = x_tile[k * TILE_M + ty + $i * 16];
#for j 4
      y$i_$j += dot(x$i, w$j);
#endfor
#endfor
    }
    workgroupBarrier();
  }
#for i ROWS
#for j 4
  store(m0 + ty + $i * 16, n0 + tx + $j * 16, y$i_$j);
#endfor
#endfor
}

fn store(row: u32, column: u32, y: f32) {
  if (row < p.rows && column < p.columns) {
    finish(row, column, y);
  }
}
