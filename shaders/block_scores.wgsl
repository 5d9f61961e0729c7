// scores = [score of each block ..., their mean, 1 where the mean is below the threshold, else 0]
//   score: what the metric (shaders/metrics) makes of the sums over a block's partials (block_diff)
//
// partials: [blocks, shares] Sums; scores: [blocks + 2] f32. A denominator of zero, or anything not finite, scores
// the largest f32, and so does the mean then: what cannot be compared is never taken for alike.
// One workgroup for all blocks: 64 threads sum a block's shares.
#include "quotient"
#include "row_sum"

struct Params {
  blocks: u32,
  shares: u32,     // of each block
  threshold: f32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> partials: array<Sums>;
@group(0) @binding(2) var<storage, read_write> scores: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  var known = true;
  for (var block = 0u; block < p.blocks; block++) {
    var part = Sums();
    for (var i = thread; i < p.shares; i += LANES) {
      part += partials[block * p.shares + i];
    }
    var sums = Sums();
#for i SUMS
    sums[$i] = row_sum(thread, part[$i]);
#endfor
    let parts = quotient_of(sums);
    let score = quotient(parts.x, parts.y);
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
