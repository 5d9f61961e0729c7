/** Under construction. */
export function ModelPanel() {
  return null;
}
