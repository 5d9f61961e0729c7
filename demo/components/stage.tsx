/** Under construction. */
export function Stage() {
  return null;
}
