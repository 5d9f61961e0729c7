/** Scrolls to what has just come, and may be far from where the user is: as a `ref`. */
export function bringIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}

/** Scrolls as little as it takes to see all of something; of what is higher than the window, its top. */
export function showWhole(element: HTMLElement | null): void {
  if (!element) return;
  const { top, bottom, height } = element.getBoundingClientRect();
  if (top >= 0 && bottom <= innerHeight) return;
  // A long way would take long, and show what nobody looks for.
  const isFar = bottom < 0 || top > innerHeight;
  const isCalm = isFar || matchMedia('(prefers-reduced-motion: reduce)').matches;
  element.scrollIntoView({
    block: height > innerHeight ? 'start' : 'nearest',
    behavior: isCalm ? 'instant' : 'smooth',
  });
}
