import { useSignal } from '@preact/signals';
import { makeLink } from '../state/address.ts';

/** Copies the address, which holds all settings. */
export function CopyLink() {
  const said = useSignal('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(makeLink());
      said.value = 'Copied.';
    } catch {
      said.value = 'The browser did not allow it. The address bar has the same link.';
    }
  };
  return (
    <div class="row copy-link">
      <button type="button" onClick={copy}>
        Copy link
      </button>
      <span class="help copy-link-said" aria-live="polite">
        {said.value || 'It holds all settings, and makes the same clip.'}
      </span>
    </div>
  );
}
