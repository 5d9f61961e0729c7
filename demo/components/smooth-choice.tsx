import type { Signal } from '@preact/signals';

/** How few pixels are made large: smooth, or each as a square. */
export function SmoothChoice({ isSmooth }: { readonly isSmooth: Signal<boolean> }) {
  return (
    <button
      type="button"
      class="chip"
      aria-pressed={!isSmooth.value}
      onClick={() => {
        isSmooth.value = !isSmooth.value;
      }}
    >
      Crisp pixels
    </button>
  );
}
