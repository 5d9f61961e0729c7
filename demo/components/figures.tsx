/** Under construction. */
export function Figures() {
  return null;
}
