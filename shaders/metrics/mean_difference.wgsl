// The mean of |a - b|, or where SQUARES the root of the mean of (a - b)^2.
#if SCORES
fn quotient_of(sums: Sums) -> vec2f {
#if SQUARES
  return sqrt(sums);
#else
  return sums;
#endif
}
#else
struct Terms {
  change: E,
  count: E,
}

fn added(terms: Terms, a: E, b: E) -> Terms {
#if SQUARES
  return Terms(terms.change + (a - b) * (a - b), terms.count + E(1));
#else
  return Terms(terms.change + abs(a - b), terms.count + E(1));
#endif
}

fn collected(terms: Terms) -> Sums {
  return vec2f(total(terms.change), total(terms.count));
}
#endif
