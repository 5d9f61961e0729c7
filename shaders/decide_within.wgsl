// One thread decides a step: value = polynomial(score), summed up since the last computed step where the rule says so,
// against the threshold; then writes what the dispatches of either outcome are launched with, counts or zeros.
//
// scores: [0] is the step's, where GAIN times times[0] / over[0]; control: 1 to compute whatever is measured; counts: [rows, 3], the first `reusing` rows of
// what computes. state: [5] f32, the sum, steps reused in a row and in all, whether the last one was, and all scores that
// could have decided; verdict: [2] f32, score and 1 or 0; args: [rows, 3]. As decideStep of src/cache/rule.ts. Bits tell
// what is finite: compilers may assume that there is no NaN.
struct Params {
  rows: u32,
  reusing: u32,                 // first row of what reuses
  threshold: f32,
  is_strict: u32,
  accumulates: u32,
  most_in_a_row: f32,           // steps that may be reused
  most_in_all: f32,
  counts_loosely: u32,
  cap: f32,                     // of all scores that could have decided
  polynomial: array<vec4f, 2>,  // highest power first, zeros before the first
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> scores: array<f32>;
@group(0) @binding(2) var<storage, read> control: array<u32>;
@group(0) @binding(3) var<storage, read> counts: array<u32>;
@group(0) @binding(4) var<storage, read_write> state: array<f32>;
@group(0) @binding(5) var<storage, read_write> verdict: array<f32>;
@group(0) @binding(6) var<storage, read_write> args: array<u32>;
#if GAIN
@group(0) @binding(7) var<storage, read> times: array<f32>;
@group(0) @binding(8) var<storage, read> over: array<f32>;
#endif

const UNKNOWN = 0x1.fffffep+127f;

fn is_finite(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}

fn measured() -> f32 {
#if GAIN
  let score = scores[0] * times[0] / over[0];
  let is_known = scores[0] < UNKNOWN && times[0] < UNKNOWN && over[0] < UNKNOWN && is_finite(score);
  return select(UNKNOWN, score, is_known);
#else
  return scores[0];
#endif
}

@compute @workgroup_size(1)
fn main() {
  let score = measured();
  var value = 0.0;
  for (var i = 0u; i < 8; i++) {
    value = value * score + p.polynomial[i / 4][i % 4];
  }
  if (p.accumulates == 1) {
    value += state[0];
  }
  let is_below = value < p.threshold || (p.is_strict == 0 && value == p.threshold);
  let is_open = control[0] == 0 && state[2] < p.most_in_all;
  let is_full = state[1] >= p.most_in_a_row;
  let is_asked = is_open && !is_full && state[4] < p.cap && score < UNKNOWN;
  let computes = !is_asked || !is_finite(value) || !is_below;
  state[0] = select(value, 0.0, computes);
  if (p.counts_loosely == 0) {
    state[1] = select(state[1] + 1.0, 0.0, computes);
  } else if (computes) {
    state[1] = select(state[1], 0.0, is_open && is_full);
  } else if (state[2] == 0) {
    state[1] = 1.0;
  } else if (state[3] == 1) {
    state[1] += select(1.0, 2.0, state[1] == 0);
  }
  state[2] += select(1.0, 0.0, computes);
  state[3] = select(1.0, 0.0, computes);
  state[4] += select(0.0, score, is_asked);
  verdict[0] = score;
  verdict[1] = select(0.0, 1.0, computes);
  for (var i = 0u; i < 3 * p.rows; i++) {
    args[i] = select(0u, counts[i], (i < 3 * p.reusing) == computes);
  }
}
