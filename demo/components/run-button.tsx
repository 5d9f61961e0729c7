import { useEffect } from 'preact/hooks';
import { machine } from '../state/gpu.ts';
import { model } from '../state/model.ts';
import { isBusy, stop } from '../state/session.ts';

/** The one button. It stops, too, as Escape does, and stays the same button so that the focus stays. */
export function RunButton() {
  useEffect(() => {
    document.addEventListener('keydown', stopOnEscape);
    return () => document.removeEventListener('keydown', stopOnEscape);
  }, []);
  const { value } = model;
  const isHopeless = (value.kind === 'failed' && value.isHopeless) || machine.value === 'none';
  return (
    <button
      id="run"
      class="primary"
      // Enter in a field submits only what is there to be submitted.
      type={isBusy.value ? 'button' : 'submit'}
      disabled={isHopeless}
      onClick={() => void stop()}
    >
      {isBusy.value ? 'Stop (Esc)' : 'Generate'}
    </button>
  );
}

function stopOnEscape(event: KeyboardEvent): void {
  if (event.key === 'Escape' && !event.defaultPrevented) void stop();
}
