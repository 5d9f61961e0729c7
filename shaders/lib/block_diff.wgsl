#include "grid"

struct Params {
  items: u32,   // E's of the cached feature
  width: u32,   // E's of a row
  every: u32,   // rows of `feature` for each of `cached`
  shares: u32,  // equal parts that the items are dealt to, each with a place in `partials`
  first: u32,   // place of this block's first share
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> feature: array<A>;
@group(0) @binding(2) var<storage, read_write> cached: array<B>;
@group(0) @binding(3) var<storage, read_write> partials: array<vec2f>;

fn total(v: E) -> f32 {
#if VECTOR
  return v.x + v.y + v.z + v.w;
#else
  return v;
#endif
}

fn load_cached(i: u32) -> E {
#if PACKED
  let words = cached[i];
  return vec4f(unpack2x16float(words.x), unpack2x16float(words.y));
#else
  return E(cached[i]);
#endif
}

fn store_cached(i: u32, value: E) {
#if PACKED
  cached[i] = vec2u(pack2x16float(value.xy), pack2x16float(value.zw));
#else
  cached[i] = B(value);
#endif
}

// (sum |a - b|, sum |b|, or where NEWER sum |a|, or where COUNT how many) over the items start, start + stride, ...; each b is overwritten by its
// a, if it is to be.
fn diff_share(start: u32, stride: u32) -> vec2f {
  var change = E();
  var size = E();
  for (var i = start; i < p.items; i += stride) {
    // Every k-th row: whole rows lie between two that are kept.
    let a = E(feature[i + i / p.width * (p.every - 1) * p.width]);
    let b = load_cached(i);
    change += abs(a - b);
#if COUNT
    size += E(1);
#else
#if NEWER
    size += abs(a);
#else
    size += abs(b);
#endif
#endif
#if UPDATES
    store_cached(i, a);
#endif
  }
  return vec2f(total(change), total(size));
}
