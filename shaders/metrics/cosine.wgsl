// 1 - a . b / (|a| |b|): of all values at once, or where ROWS as a mean over rows.
#if SCORES
fn quotient_of(sums: Sums) -> vec2f {
#if ROWS
  return sums.xy;
#else
  let size = sqrt(sums.y) * sqrt(sums.z);
  return vec2f(max(size - sums.x, 0.0), size);
#endif
}
#else
struct Terms {
  product: E,
  a: E,
  b: E,
}

fn added(terms: Terms, a: E, b: E) -> Terms {
  return Terms(terms.product + a * b, terms.a + a * a, terms.b + b * b);
}

fn collected(terms: Terms) -> Sums {
  return vec4f(total(terms.product), total(terms.a), total(terms.b), 0);
}

#if ROWS
fn of_row(sums: Sums) -> Sums {
  let size = sqrt(sums.y) * sqrt(sums.z);
  let distance = quotient(max(size - sums.x, 0.0), size);
  return select(vec4f(distance, 1, 0, 0), NO_ROW, distance == UNKNOWN);
}
#endif
#endif
