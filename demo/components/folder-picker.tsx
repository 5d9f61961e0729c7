import { chosenFolder } from '../files/chosen.ts';
import { consider } from '../state/own-model.ts';

/** The way to a model of one's own. */
export function FolderPicker() {
  return (
    <div class="folder-picker">
      <h3>Your own model</h3>
      <p class="help" id="folder-help">
        Drop a folder in diffusers’ layout anywhere on this page, or choose one. It is read from your disk; nothing is
        uploaded.
      </p>
      <label class="folder-button">
        Choose a folder
        <input
          class="unseen"
          type="file"
          aria-describedby="folder-help"
          ref={takeFolders}
          onClick={pickHandle}
          onChange={takeFiles}
        />
      </label>
    </div>
  );
}

/** Preact's types do not know the attribute. */
function takeFolders(input: HTMLInputElement | null): void {
  if (input) input.webkitdirectory = true;
}

/** Where there is a picker for folders, Chromium asks to view files there; of an input it would ask to upload them. */
function pickHandle(event: Event): void {
  if (!window.showDirectoryPicker) return;
  event.preventDefault();
  window.showDirectoryPicker({ id: 'model' }).then(
    (handle) => consider(Promise.resolve(handle)),
    (error) => {
      if (error instanceof DOMException && error.name === 'AbortError') return;
      void consider(Promise.reject(error));
    },
  );
}

function takeFiles({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void {
  const files = chosenFolder(currentTarget.files ?? []);
  // The same folder, mended, can then be chosen again.
  currentTarget.value = '';
  void consider(Promise.resolve(files));
}
