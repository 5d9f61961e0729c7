/** Under construction. */
export function Notices() {
  return null;
}
