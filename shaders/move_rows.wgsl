// Rows by a list: out[i] = x[list[i]] (gather), or with SCATTER out[list[i]] = x[i]; other rows of out stay as they are.
//
// x, out: rows of `width` E's (vec4s where rows are whole ones); list: [rows] u32, of rows that exist; of a scatter, no
// row is named twice. Bound by memory: a thread moves an E, neighbours move neighbours of a row.
#include "grid"

struct Params {
  rows: u32,   // of the list that count
  width: u32,  // counted in E's
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> list: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<E>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = linear_group(group) * 64 + thread;
  if (i >= p.rows * p.width) {
    return;
  }
  let row = list[i / p.width];
  let column = i % p.width;
#if SCATTER
  out[row * p.width + column] = x[i];
#else
  out[i] = x[row * p.width + column];
#endif
}
