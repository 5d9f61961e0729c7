/** Under construction. */
export function RunsSection() {
  return null;
}
