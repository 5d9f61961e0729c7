// sum |a - b| / (sum |a| + sum |b|), b being the same tensor some frames before a.
#if SCORES
fn quotient_of(sums: Sums) -> vec2f {
  return sums;
}
#else
struct Terms {
  change: E,
  size: E,
}

fn added(terms: Terms, a: E, b: E) -> Terms {
  return Terms(terms.change + abs(a - b), terms.size + abs(a) + abs(b));
}

fn collected(terms: Terms) -> Sums {
  return vec2f(total(terms.change), total(terms.size));
}
#endif
