/** Under construction. */
export function Snippet() {
  return null;
}
