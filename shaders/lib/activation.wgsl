// Activations for E: f32 or a vector of it.

// 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))): PyTorch's gelu(approximate="tanh"), T5's gelu_new.
// As x * sigmoid(2 z), with the exponent held where e^-t is finite, so that large x give 0 or x and never NaN.
fn gelu(x: E) -> E {
  let z = 1.5957691216057308 * (x + 0.044715 * x * x * x);
  return x / (1.0 + exp(-clamp(z, E(-80.0), E(80.0))));
}

fn silu(x: E) -> E {
  return x / (1.0 + exp(-clamp(x, E(-80.0), E(80.0))));
}
