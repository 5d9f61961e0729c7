// out = softmax(scale * q k^T + bias) v per batch and head, tiles staged in workgroup memory.
//
// q, out: rows of queries; k, v: rows of keys; a row holds all heads, D channels each, f32 or f16.
// key_bias: [batch or 1, keys]; relative_bias: [heads, queries + keys - 1], at key - query + queries - 1;
// log_sum_exp: [batch, heads, queries].
// 64 threads take 32 queries of a head and go through the keys 32 at a time: a thread holds 4 x 4 scores, then 4
// queries x 4 channels of up to four chunks of 32 channels, so 8 vec4 loads feed 64 multiply-adds. Chunks of q, k and
// v, the softmax's weights and its row maxima take 13.4 KiB of workgroup memory, within every device's 16 KiB. Heads
// wider than 128 channels are cut into slices of 128 outputs, a workgroup each, which all compute the scores: a VAE
// has one such head, and its sums would not fit the registers. Rows of 33 vec4s keep neighbouring threads off each
// other's banks.
#include "attention_bindings"

const ROW: u32 = 33;
var<workgroup> q_tile: array<vec4f, 8 * ROW>;       // [vec4 of a chunk][query]
var<workgroup> kv_tile: array<vec4f, 8 * ROW>;      // [vec4 of a chunk][key]
var<workgroup> weight_tile: array<vec4f, 8 * ROW>;  // [g][query], of keys g, g + 8, g + 16 and g + 24
var<workgroup> partial: array<f32, 8 * ROW>;        // [tx][query], of a thread's four keys

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let batch = group.z;
  let head = group.y / SLICES;
  if (!is_wanted(head)) {
    return;
  }
  let first_channel = group.y % SLICES * CHUNKS * 8;  // counted in vec4s, as all channels here
  let first_query = group.x * 32;
  let tx = thread % 8;  // keys tx + 8 j, then channel tx of each chunk
  let ty = thread / 8;  // queries ty + 8 i
#for i 4
  let query$i = first_query + ty + $i * 8;
  var most$i = LOWEST;
  var sum$i = 0.0;
#for c CHUNKS
  var y$i_$c = vec4f();
#endfor
#endfor
  let end = visible(min(first_query + 32, p.queries) - 1);
  for (var first_key = 0u; first_key < end; first_key += 32) {
#for i 4
#for j 4
    var s$i_$j = 0.0;
#endfor
#endfor
    for (var chunk = 0u; chunk < p.head_dim; chunk += 8) {
      workgroupBarrier();
      for (var n = thread; n < 256; n += 64) {
        let d = chunk + n % 8;
        if (d < p.head_dim) {
          let at = n % 8 * ROW + n / 8;
          q_tile[at] = vec4f(q[q_at(batch, min(first_query + n / 8, p.queries - 1), head) + d]);
          kv_tile[at] = vec4f(k[k_at(batch, min(first_key + n / 8, p.keys - 1), head) + d]);
        }
      }
      workgroupBarrier();
      for (var d = 0u; d < min(8, p.head_dim - chunk); d++) {
#for j 4
        let k$j = kv_tile[d * ROW + tx + $j * 8];
#endfor
#for i 4
        let q$i = q_tile[d * ROW + ty + $i * 8];
#for j 4
        s$i_$j += dot(q$i, k$j);
#endfor
#endfor
      }
    }
    let key = first_key + tx + vec4u(0, 8, 16, 24);
#for i 4
    let s$i = score(vec4f(s$i_0, s$i_1, s$i_2, s$i_3), batch, head, min(query$i, p.queries - 1), key);
    partial[tx * ROW + ty + $i * 8] = largest(s$i);
#endfor
    workgroupBarrier();
#for i 4
    var now$i = most$i;
    for (var t = 0u; t < 8; t++) {
      now$i = max(now$i, partial[t * ROW + ty + $i * 8]);
    }
    let shrink$i = exp(most$i - now$i);
    most$i = now$i;
    let w$i = exp(s$i - now$i);
    sum$i = sum$i * shrink$i + total(w$i);
    weight_tile[tx * ROW + ty + $i * 8] = w$i;
#endfor
#for c CHUNKS
    workgroupBarrier();
    for (var n = thread; n < 256; n += 64) {
      let d = first_channel + $c * 8 + n % 8;
      if (d < p.head_dim) {
        kv_tile[n % 8 * ROW + n / 8] = vec4f(v[v_at(batch, min(first_key + n / 8, p.keys - 1), head) + d]);
      }
    }
    workgroupBarrier();
#for i 4
    y$i_$c *= shrink$i;
#endfor
    for (var g = 0u; g < 8; g++) {
      let at = tx * ROW + g;
      let v$c = mat4x4f(kv_tile[at], kv_tile[at + 8], kv_tile[at + 16], kv_tile[at + 24]);
#for i 4
      y$i_$c += v$c * weight_tile[g * ROW + ty + $i * 8];
#endfor
    }
#endfor
  }
#for i 4
  partial[tx * ROW + ty + $i * 8] = sum$i;
#endfor
  workgroupBarrier();
#for i 4
  if (query$i < p.queries) {
    var all$i = 0.0;
    for (var t = 0u; t < 8; t++) {
      all$i += partial[t * ROW + ty + $i * 8];
    }
    let to = out_at(batch, query$i, head) + first_channel;
#for c CHUNKS
    if (first_channel + $c * 8 + tx < p.head_dim) {
      out[to + $c * 8 + tx] = Out(y$i_$c / all$i);
    }
#endfor
#if LOG_SUM_EXP
    if (first_channel + tx == 0) {
      log_sum_exp[(batch * p.heads + head) * p.queries + query$i] = most$i + log(all$i);
    }
#endif
  }
#endfor
}
