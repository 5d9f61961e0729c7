import { useSignal } from '@preact/signals';
import { makeLink } from '../state/address.ts';

/** Copies the address, which holds all settings and so makes the same clip. */
export function CopyLink() {
  const said = useSignal('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(makeLink());
      said.value = 'Copied: it holds all settings';
    } catch {
      said.value = 'Not allowed: copy the address bar';
    }
    setTimeout(() => {
      said.value = '';
    }, 4000);
  };
  return (
    <button type="button" onClick={copy} title="The link holds all settings, and makes the same clip">
      <span aria-live="polite">{said.value || 'Copy link'}</span>
    </button>
  );
}
