// out = softmax(scale * q k^T + bias) v per batch and head, without workgroup memory or barriers.
//
// q, out: rows of queries; k, v: rows of keys; a row holds all heads, D channels each, f32 or f16.
// key_bias: [batch or 1, keys]; relative_bias: [heads, queries + keys - 1], at key - query + queries - 1;
// log_sum_exp: [batch, heads, queries].
// For CPU drivers (see matmul_direct.wgsl), so arithmetic per load counts: a thread takes TILE queries of a head and
// goes through the keys 16 at a time, TILE x 16 scores in registers, so that TILE + 16 vec4 loads feed TILE * 64
// multiply-adds. Sums of v stay in an array of TILE x D f32 (at most 4 KiB: it is cleared value by value, which takes
// time to compile), rescaled once per 16 keys. Loops over D are not unrolled: one source does any D.
#include "attention_bindings"

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tiles = (p.queries + TILE - 1) / TILE;
  let id = linear_group(group) * 4 + thread;
  if (id >= tiles * p.heads) {
    return;
  }
  let batch = group.z;
  let head = id / tiles;
  if (!is_wanted(head)) {
    return;
  }
  let first_query = id % tiles * TILE;
  let last_query = min(first_query + TILE, p.queries) - 1;
#for i TILE
  let q$i = q_at(batch, min(first_query + $i, last_query), head);
#endfor
  var most: array<f32, TILE>;
  var sum: array<f32, TILE>;
  var shrink: array<f32, TILE>;
  var y: array<vec4f, TILE * HEAD_DIM4>;
  for (var i = 0u; i < TILE; i++) {
    most[i] = LOWEST;
  }
  let end = visible(last_query);
  for (var first_key = 0u; first_key < end; first_key += 16) {
#for j 4
    let row$j = min(first_key + $j * 4 + vec4u(0, 1, 2, 3), vec4u(p.keys - 1));
    let k$j = k_at(batch, 0, head) + row$j * p.k_row;
    let v$j = v_at(batch, 0, head) + row$j * p.v_row;
#for i TILE
    var s$i_$j = vec4f();
#endfor
#endfor
    for (var d = 0u; d < p.head_dim; d++) {
#for i TILE
      let x$i = vec4f(q[q$i + d]);
#endfor
#for j 4
      let t$j = mat4x4f(vec4f(k[k$j.x + d]), vec4f(k[k$j.y + d]), vec4f(k[k$j.z + d]), vec4f(k[k$j.w + d]));
#for i TILE
      s$i_$j += x$i * t$j;
#endfor
#endfor
    }
    // Loops, not unrolled: a CPU driver takes seconds to compile dozens of exponentials.
    var s = array<vec4f, TILE * 4>(
#for i TILE
      s$i_0, s$i_1, s$i_2, s$i_3,
#endfor
    );
    for (var i = 0u; i < TILE; i++) {
      var now = most[i];
      for (var j = 0u; j < 4; j++) {
        let at = i * 4 + j;
        s[at] = score(s[at], batch, head, min(first_query + i, last_query), first_key + j * 4 + vec4u(0, 1, 2, 3));
        now = max(now, largest(s[at]));
      }
      shrink[i] = exp(most[i] - now);
      most[i] = now;
      sum[i] *= shrink[i];
      for (var j = 0u; j < 4; j++) {
        let e = exp(s[i * 4 + j] - now);
        s[i * 4 + j] = e;
        sum[i] += total(e);
      }
    }
#for i TILE
    let shrink$i = shrink[$i];
#for j 4
    s$i_$j = s[$i * 4 + $j];
#endfor
#endfor
    for (var d = 0u; d < p.head_dim; d++) {
#for i TILE
      var y$i = y[d * TILE + $i] * shrink$i;
#endfor
#for j 4
      let t$j = mat4x4f(vec4f(v[v$j.x + d]), vec4f(v[v$j.y + d]), vec4f(v[v$j.z + d]), vec4f(v[v$j.w + d]));
#for i TILE
      y$i += t$j * s$i_$j;
#endfor
#endfor
#for i TILE
      y[d * TILE + $i] = y$i;
#endfor
    }
  }
  for (var i = 0u; first_query + i <= last_query; i++) {
    let to = out_at(batch, first_query + i, head);
    for (var d = 0u; d < p.head_dim; d++) {
      out[to + d] = Out(y[d * TILE + i] / sum[i]);
    }
#if LOG_SUM_EXP
    log_sum_exp[(batch * p.heads + head) * p.queries + first_query + i] = most[i] + log(sum[i]);
#endif
  }
}
