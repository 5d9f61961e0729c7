var<workgroup> sums: array<f32, 64>;

// The sum over the LANES threads of a row, known to all of them; every one of the workgroup's 64 threads must call it.
fn row_sum(thread: u32, part: f32) -> f32 {
  workgroupBarrier();
  sums[thread] = part;
  for (var half = LANES / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (thread % LANES < half) {
      sums[thread] += sums[thread + half];
    }
  }
  workgroupBarrier();
  return sums[thread - thread % LANES];
}
