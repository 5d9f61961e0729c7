import { byId } from './dom.ts';

/** What the form asks for. */
export interface Settings {
  readonly prompt: string;
  readonly seed: number;
  readonly steps: number;
  readonly guidanceScale: number;
  readonly frames: number;
}

/** The form. Its first values may be set by the address: `?prompt=...&seed=3&steps=12&guidance=4&frames=9`. */
export class SettingsForm {
  readonly #form = byId('settings', HTMLFormElement);
  readonly #button = byId('run', HTMLButtonElement);
  #isRunning = false;

  /** @param on What to do when the one button is pressed, and with Escape while running. */
  constructor(on: { readonly start: (settings: Settings) => void; readonly stop: () => void }) {
    for (const [name, value] of new URLSearchParams(location.search)) {
      const field = this.#form.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = value;
    }
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.#isRunning) on.stop();
      else on.start(this.#read());
    });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.#isRunning) on.stop();
    });
  }

  /** The button says what it will do; it stays the same button, so that the focus stays too. */
  setRunning(isRunning: boolean): void {
    this.#isRunning = isRunning;
    this.#form.noValidate = isRunning;
    this.#button.textContent = isRunning ? 'Stop (Esc)' : 'Generate';
  }

  /** For a browser that cannot run anything. */
  disable(): void {
    this.#button.disabled = true;
  }

  #read(): Settings {
    const data = new FormData(this.#form);
    const number = (name: string) => Number(data.get(name));
    return {
      prompt: String(data.get('prompt')),
      seed: number('seed'),
      steps: number('steps'),
      guidanceScale: number('guidance'),
      frames: number('frames'),
    };
  }
}
