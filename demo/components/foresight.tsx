import { foresight } from '../state/foresight.ts';

/** What the method would about come to, where runs of the model tell: before anyone waits for it. */
export function Foresight() {
  return (
    <p id="foresight" class="help" role="status">
      {foresight.value}
    </p>
  );
}
