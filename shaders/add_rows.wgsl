// out[row] += table[rows[row]], row by row: a learned embedding of each row's number, such as a class label's.
//
// table: [entries, width] f32, f16 or f16 packed in u32; rows: [count] u32; out: [count, width] f32. Counted in vec4s. A
// thread adds one; small, and bound by memory.
#include "grid"

struct Params {
  size: u32,   // of out
  width: u32,  // of a row
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> table: array<W>;
@group(0) @binding(2) var<storage, read> rows: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = linear_group(group) * 64 + thread;
  if (i >= p.size) {
    return;
  }
  let entry = table[rows[i / p.width] * p.width + i % p.width];
#if PACKED
  out[i] += vec4f(unpack2x16float(entry.x), unpack2x16float(entry.y));
#else
  out[i] += vec4f(entry);
#endif
}
