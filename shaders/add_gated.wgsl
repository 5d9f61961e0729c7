// out += gate * x, row by row: the residual of a sub-layer whose output was cached before its gate.
// x, out: [rows, width] f32, counted in vec4s; the gate is a part of the modulation of the row's timestep.
#include "grid"

alias E = vec4f;

struct Params {
  size: u32,   // of x, in vec4s
  width: u32,  // of a row, in vec4s
  gate_part: u32,
  group_stride: u32,
  conditioning_parts: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read_write> out: array<E>;
@group(0) @binding(3) var<storage, read> table: array<E>;
@group(0) @binding(4) var<storage, read> conditioning: array<E>;
@group(0) @binding(5) var<storage, read> groups: array<u32>;

#include "modulation"

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = linear_group(group) * 64 + thread;
  if (i < p.size) {
    out[i] += x[i] * modulation(p.gate_part, i / p.width, i % p.width, p.width);
  }
}
