import { signal } from '@preact/signals';

const query = matchMedia('(prefers-color-scheme: dark)');
const resolved = new Map<string, string>();

/** Whether the system wishes for a dark page. Canvases, which no style sheet reaches, are drawn again when it changes. */
export const isDark = signal(query.matches);

query.addEventListener('change', () => {
  resolved.clear();
  isDark.value = query.matches;
});

/** What a colour variable of base.css stands for now, as a canvas takes it; e.g. `colorOf('--accent')`. */
export function colorOf(name: `--${string}`): string {
  const known = resolved.get(name);
  if (known !== undefined) return known;
  // A variable reads as it was written, `light-dark(...)` and all: a property that uses it says the colour.
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  // Forced colours would make one of all: canvases keep theirs, as the legends do.
  probe.style.forcedColorAdjust = 'none';
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  resolved.set(name, color);
  return color;
}
