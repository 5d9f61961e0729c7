// What a matmul does with an accumulated y before it is stored; `at` is the column counted in E.
#include "activation"
#if GATED
#include "modulation"
#endif

fn finish(row: u32, at: u32, accumulated: E) {
  let i = row * p.out_stride + p.out_column + at;
  var y = accumulated;
#if BIAS
  y += bias[at];
#endif
#if GELU
  y = gelu(y);
#endif
#if SILU
  y = silu(y);
#endif
#if GATED
  y *= modulation(p.gate_part, row, p.out_column + at, p.out_stride);
#endif
#if MULTIPLY
  y *= E(out[i]);
#endif
#if ADD
  y += E(out[i]);
#endif
  out[i] = Out(y);
}
