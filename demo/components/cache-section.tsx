/** Under construction. */
export function CacheSection() {
  return null;
}
