// out[o, j, i] = [gains[j, i]] sum_k matrix[j, k] x[o, k, i]: a matmul along any axis of a tensor, such as a Fourier
// transform of the rows or columns of every image, or a filter of them.
//
// x: [outer, K, inner] f32; matrix: [J, K] f32; gains: [J, inner] f32; out: [outer, J, inner] f32. Axes are short (rows
// and columns of latents) and matrices small, so nothing is staged: a thread makes 4 values of j of an E (a vec4 of
// neighbours where rows of `inner` are whole ones), and so reads x once for 4 products. Neighbouring threads are
// neighbours in i, or where inner is 1 in o.
#include "grid"

struct Params {
  outer: u32,
  rows: u32,   // J
  depth: u32,  // K
  inner: u32,  // counted in E's
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> matrix: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<E>;
#if GAINS
@group(0) @binding(4) var<storage, read> gains: array<E>;
#endif

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tiles = (p.rows + 3) / 4;
  let index = linear_group(group) * 64 + thread;
  if (index >= p.outer * tiles * p.inner) {
    return;
  }
  let i = index % p.inner;
  let o = index / p.inner % p.outer;
  let j0 = index / p.inner / p.outer * 4;
#for r 4
  var y$r = E();
  let m$r = min(j0 + $r, p.rows - 1) * p.depth;
#endfor
  for (var k = 0u; k < p.depth; k++) {
    let value = x[(o * p.depth + k) * p.inner + i];
#for r 4
    y$r += matrix[m$r + k] * value;
#endfor
  }
#for r 4
  store(o, j0 + $r, i, y$r);
#endfor
}

fn store(o: u32, j: u32, i: u32, y: E) {
  if (j >= p.rows) {
    return;
  }
#if GAINS
  out[(o * p.rows + j) * p.inner + i] = gains[j * p.inner + i] * y;
#else
  out[(o * p.rows + j) * p.inner + i] = y;
#endif
}
