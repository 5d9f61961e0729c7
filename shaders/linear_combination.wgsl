// state = C [state; velocity]: what a sampler step does, all its tensors at once.
//
// state: [S, size] f32, changed in place; velocity: [V, size] f32; coefficients: C, [S, S + V] f32, written by the host
// before each step, so that one recorded dispatch serves all steps. A thread takes a column: it reads each value once
// and writes S. Bound by memory; sizes need not be multiples of 4.
#include "grid"

struct Params {
  size: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> state: array<f32>;
@group(0) @binding(2) var<storage, read> velocity: array<f32>;
@group(0) @binding(3) var<storage, read> coefficients: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = linear_group(group) * 64 + thread;
  if (i >= p.size) {
    return;
  }
#for s STATES
  let x$s = state[$s * p.size + i];
#endfor
#for v VELOCITIES
  let u$v = velocity[$v * p.size + i];
#endfor
#for r STATES
  var y$r = 0.0;
#for s STATES
  y$r += coefficients[$r * (STATES + VELOCITIES) + $s] * x$s;
#endfor
#for v VELOCITIES
  y$r += coefficients[$r * (STATES + VELOCITIES) + STATES + $v] * u$v;
#endfor
  state[$r * p.size + i] = y$r;
#endfor
}
