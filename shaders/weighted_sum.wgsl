// out = [out +] [base +] sum_i weights[i] x_i, value by value: what a forecast makes of kept tensors.
//
// x_i: as many E's each; weights: [INPUTS] f32, written by the host before each forward, absent for a sum as it is;
// base: added, where there is one. out: from E `first` on. Bound by memory: a thread reads and writes each value once.
#include "grid"

struct Params {
  size: u32,   // counted in E's
  first: u32,  // of out
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> out: array<Out>;
#for i INPUTS
@group(0) @binding(2 + $i) var<storage, read> x$i: array<In>;
#endfor
#if WEIGHTS
@group(0) @binding(WEIGHTS) var<storage, read> weights: array<f32>;
#endif
#if BASE
@group(0) @binding(BASE) var<storage, read> base: array<E>;
#endif

#if PACKED_IN
fn load(words: vec2u) -> vec4f {
  return vec4f(unpack2x16float(words.x), unpack2x16float(words.y));
}
#else
fn load(value: In) -> E {
  return E(value);
}
#endif

#if PACKED_OUT
fn stored(value: vec4f) -> vec2u {
  return vec2u(pack2x16float(value.xy), pack2x16float(value.zw));
}
#else
fn stored(value: E) -> Out {
  return Out(value);
}
#endif

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = linear_group(group) * 64 + thread;
  if (i >= p.size) {
    return;
  }
  var sum = E();
#for i INPUTS
#if WEIGHTS
  sum += weights[$i] * load(x$i[i]);
#else
  sum += load(x$i[i]);
#endif
#endfor
#if BASE
  sum += base[i];
#endif
#if ADDS
  sum += E(out[p.first + i]);
#endif
  out[p.first + i] = stored(sum);
}
