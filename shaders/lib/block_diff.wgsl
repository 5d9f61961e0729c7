#include "grid"
#include "quotient"

struct Params {
  items: u32,     // E's of b
  width: u32,     // E's of a row
  every: u32,     // rows of `feature` for each of `cached`
  shares: u32,    // equal parts that the items are dealt to, each with a place in `partials`
  first: u32,     // place of this block's first share
  ahead: u32,     // E's of `feature` from b on to its a, where both are of the feature
  compared: u32,  // E's of a row that count, from its first on
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> feature: array<A>;
@group(0) @binding(2) var<storage, read_write> partials: array<Sums>;
#if CACHED
@group(0) @binding(3) var<storage, read_write> cached: array<B>;
#endif

fn total(v: E) -> f32 {
#if VECTOR
  return v.x + v.y + v.z + v.w;
#else
  return v;
#endif
}

// Every k-th row: whole rows lie between two that are kept.
fn load_a(i: u32) -> E {
  return E(feature[p.ahead + i + i / p.width * (p.every - 1) * p.width]);
}

#if CACHED
fn load_b(i: u32) -> E {
#if PACKED
  let words = cached[i];
  return vec4f(unpack2x16float(words.x), unpack2x16float(words.y));
#else
  return E(cached[i]);
#endif
}

fn store_b(i: u32, value: E) {
#if PACKED
  cached[i] = vec2u(pack2x16float(value.xy), pack2x16float(value.zw));
#else
  cached[i] = B(value);
#endif
}
#else
fn load_b(i: u32) -> E {
  return E(feature[i]);
}
#endif

#if ROWS
// Counts against all rows: one that cannot be compared leaves the mean unknown.
const NO_ROW = vec4f(0, -0x1p+100f, 0, 0);

// Sums over the rows start, start + stride, ..., each of which has come to its own score first.
fn diff_share(start: u32, stride: u32) -> Sums {
  var sums = Sums();
  for (var row = start; row < p.items / p.width; row += stride) {
    var terms = Terms();
    for (var column = 0u; column < p.width; column++) {
      let i = row * p.width + column;
      let a = load_a(i);
      if (column < p.compared) {
        terms = added(terms, a, load_b(i));
      }
#if UPDATES
      store_b(i, a);
#endif
    }
    sums += of_row(collected(terms));
  }
  return sums;
}
#else
// Sums over the items start, start + stride, ...; each b is overwritten by its a, if it is to be.
fn diff_share(start: u32, stride: u32) -> Sums {
  var terms = Terms();
  for (var i = start; i < p.items; i += stride) {
    let a = load_a(i);
    terms = added(terms, a, load_b(i));
#if UPDATES
    store_b(i, a);
#endif
  }
  return collected(terms);
}
#endif
