// y[m, n] = epilogue(sum_k x[m, k] * weight[n, k] + bias[n]) for few rows, such as the time embedding of all steps.
//
// x: [rows, K] f32 or f16. weight: [columns, ceil(K / 4) * 4] f32, f16 or f16 packed in u32. out: [rows, out_stride].
// With few rows large tiles leave a GPU idle and the weight is read once anyway, so: a workgroup makes 8 rows x 8
// columns, 64 threads split K between them 8 ways (neighbouring threads read neighbouring vec4s) and add up their parts
// in workgroup memory, 2 KiB.
#include "matmul_bindings"
#include "matmul_epilogue"

var<workgroup> parts: array<array<f32, 8>, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let n = group.x * 8 + thread / 8;
  let m0 = group.y * 8;
  let split = thread % 8;
  let depth4 = (p.depth + 3) / 4;
  let column = min(n, p.columns - 1);
#for i 8
  var y$i = 0.0;
#endfor
  for (var k = split; k < depth4; k += 8) {
    let w = load_weight(column * depth4 + k);
#for i 8
    y$i += dot(load_x(min(m0 + $i, p.rows - 1), k), w);
#endfor
  }
  parts[thread] = array(y0, y1, y2, y3, y4, y5, y6, y7);
  workgroupBarrier();
  // Thread (n, split) finishes row `split` of column n.
  let row = m0 + split;
  if (row < p.rows && n < p.columns) {
    var y = 0.0;
    for (var s = 0u; s < 8; s++) {
      y += parts[thread - split + s][split];
    }
    finish(row, n, y);
  }
}
