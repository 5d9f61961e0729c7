struct Params {
  rows: u32,
  columns: u32,            // of this weight
  depth: u32,              // K
  out_stride: u32,         // columns of `out`, counted in E
  out_column: u32,         // the first that this weight fills, counted in E
  gate_part: u32,
  group_stride: u32,
  conditioning_parts: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<X>;
@group(0) @binding(2) var<storage, read> weight: array<W>;
@group(0) @binding(3) var<storage, read_write> out: array<Out>;
#if BIAS
@group(0) @binding(4) var<storage, read> bias: array<E>;
#endif
#if GATED
@group(0) @binding(5) var<storage, read> table: array<E>;
@group(0) @binding(6) var<storage, read> conditioning: array<E>;
@group(0) @binding(7) var<storage, read> groups: array<u32>;
#endif

// Four of a row's x, from k4 * 4 on; zeros past K, so that a K that is no multiple of 4 needs no other loop.
fn load_x(row: u32, k4: u32) -> vec4f {
#if ALIGNED_K
  return vec4f(x[row * (p.depth / 4) + k4]);
#else
  let at = row * p.depth + k4 * 4;
  let left = p.depth - k4 * 4;
  let i = min(vec4u(0, 1, 2, 3), vec4u(left - 1));
  let v = vec4f(f32(x[at]), f32(x[at + i.y]), f32(x[at + i.z]), f32(x[at + i.w]));
  return select(vec4f(), v, vec4u(0, 1, 2, 3) < vec4u(left));
#endif
}

// Four of an output's weights; rows are padded to whole vec4s when they are loaded.
fn load_weight(at: u32) -> vec4f {
#if PACKED
  let packed = weight[at];
  return vec4f(unpack2x16float(packed.x), unpack2x16float(packed.y));
#else
  return vec4f(weight[at]);
#endif
}
