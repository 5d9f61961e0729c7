// |a| / |b|: of all values at once; or where ROWS of each row, as a mean, or where SPREAD as their standard deviation.
#if SCORES
fn quotient_of(sums: Sums) -> vec2f {
#if SPREAD
  let mean = sums.x / sums.y;
  // Of a sample, as torch's. Bessel's correction needs two rows.
  return vec2f(sqrt(max(sums.z - sums.y * mean * mean, 0.0)), sqrt(sums.y - 1.0));
#else
#if ROWS
  return sums.xy;
#else
  return sqrt(sums.xy);
#endif
#endif
}
#else
struct Terms {
  a: E,
  b: E,
}

fn added(terms: Terms, a: E, b: E) -> Terms {
  return Terms(terms.a + a * a, terms.b + b * b);
}

fn collected(terms: Terms) -> Sums {
  return vec4f(total(terms.a), total(terms.b), 0, 0);
}

#if ROWS
fn of_row(sums: Sums) -> Sums {
  let ratio = quotient(sqrt(sums.x), sqrt(sums.y));
  return select(vec4f(ratio, 1, ratio * ratio, 0), NO_ROW, ratio == UNKNOWN);
}
#endif
#endif
