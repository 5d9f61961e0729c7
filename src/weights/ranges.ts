/**
 * Byte ranges as a set: sorted, and joined where the gap between two costs less than another request.
 *
 * @module
 */

/** A range with both ends. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The spans in ascending order; two whose gap is at most `maxGap` bytes become one, and so do those that overlap. Empty spans
 * are left out.
 */
export function joinSpans(spans: readonly Span[], maxGap: number): Span[] {
  const joined: Span[] = [];
  for (const span of spans.filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last && span.start - last.end <= maxGap) {
      joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    } else joined.push(span);
  }
  return joined;
}
