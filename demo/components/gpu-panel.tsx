/** Under construction. */
export function GpuPanel() {
  return null;
}
