/** Under construction. */
export function GenerateForm() {
  return null;
}
