// What cannot be compared: the largest f32, since WGSL has no infinity.
const UNKNOWN = 0x1.fffffep+127f;

// Bits tell, since WGSL lets compilers assume that there is no NaN.
fn is_finite(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}

fn quotient(change: f32, size: f32) -> f32 {
  if (!is_finite(change) || !is_finite(size) || size <= 0.0) {
    return UNKNOWN;
  }
  let score = change / size;
  if (!is_finite(score)) {
    return UNKNOWN;
  }
  return score;
}
