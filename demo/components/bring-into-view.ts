/** Scrolls to what has just come, and may be far from where the user is: as a `ref`. */
export function bringIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}
