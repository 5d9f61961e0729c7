/** Under construction. */
export function Phases() {
  return null;
}
