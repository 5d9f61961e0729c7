// scores = [score of each block ..., their mean, 1 where the mean is below the threshold, else 0]
//   score = sum |a - b| / sum |b| over a block's partials (block_diff), the relative L1 difference, b the older
//
// partials: [blocks, shares] vec2f; scores: [blocks + 2] f32. A denominator of zero, or anything not finite, scores
// the largest f32, and so does the mean then: what cannot be compared is never taken for alike. Bits tell, since WGSL
// lets compilers assume that there is no NaN. One workgroup for all blocks: 64 threads sum a block's shares.
#include "row_sum"

struct Params {
  blocks: u32,
  shares: u32,     // of each block
  threshold: f32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> partials: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> scores: array<f32>;

const UNKNOWN = 0x1.fffffep+127f;

fn is_finite(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}

fn relative_l1(change: f32, size: f32) -> f32 {
  if (!is_finite(change) || !is_finite(size) || size <= 0.0) {
    return UNKNOWN;
  }
  let score = change / size;
  if (!is_finite(score)) {
    return UNKNOWN;
  }
  return score;
}

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  var known = true;
  for (var block = 0u; block < p.blocks; block++) {
    var part = vec2f();
    for (var i = thread; i < p.shares; i += LANES) {
      part += partials[block * p.shares + i];
    }
    let score = relative_l1(row_sum(thread, part.x), row_sum(thread, part.y));
    known = known && score < UNKNOWN;
    sum += score;
    if (thread == 0) {
      scores[block] = score;
    }
  }
  if (thread == 0) {
    var mean = UNKNOWN;
    if (known) {
      mean = sum / f32(p.blocks);
    }
    scores[p.blocks] = mean;
    scores[p.blocks + 1] = select(0.0, 1.0, known && mean < p.threshold);
  }
}
