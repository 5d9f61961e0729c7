// sum |a - b| / sum |b|, or where NEWER over sum |a|.
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
#if NEWER
  return Terms(terms.change + abs(a - b), terms.size + abs(a));
#else
  return Terms(terms.change + abs(a - b), terms.size + abs(b));
#endif
}

fn collected(terms: Terms) -> Sums {
  return vec2f(total(terms.change), total(terms.size));
}
#endif
