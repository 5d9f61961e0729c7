import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { holdsFiles, takeDropped } from '../files/dropped.ts';
import { consider } from '../state/own-model.ts';

/** Takes a folder that is dropped anywhere on the page, and shows so while it is held over it. */
export function DropOverlay() {
  const isOver = useSignal(false);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!holdsFiles(event.dataTransfer)) return;
      // Without this the browser would open what is dropped in the place of the page.
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      isOver.value = true;
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) isOver.value = false;
    };
    const drop = (event: DragEvent) => {
      if (!holdsFiles(event.dataTransfer)) return;
      event.preventDefault();
      isOver.value = false;
      void consider(takeDropped(event.dataTransfer.items));
    };
    const listening = new AbortController();
    window.addEventListener('dragover', over, listening);
    window.addEventListener('dragleave', leave, listening);
    window.addEventListener('drop', drop, listening);
    return () => listening.abort();
  }, [isOver]);
  return isOver.value ? (
    <div class="drop-overlay">
      <p>Drop the model’s folder here</p>
    </div>
  ) : null;
}
