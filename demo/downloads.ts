import type { Clip } from '../src/index.ts';
import { byId, element } from './dom.ts';

/** The buttons that save the clip and its report. */
export class Downloads {
  readonly #saveClip = byId('save-clip', HTMLButtonElement);
  readonly #saveReport = byId('save-report', HTMLButtonElement);
  #clip: Clip | undefined;

  /** @param onError Hears of an encoder that failed. */
  constructor(onError: (error: unknown) => void) {
    this.#saveClip.addEventListener('click', () => this.#encode().catch(onError));
    this.#saveReport.addEventListener('click', () => {
      const text = JSON.stringify(this.#clip?.report, null, 2);
      save(new Blob([text], { type: 'application/json' }), 'report.json');
    });
  }

  /** Offers a clip, which stays the caller's. */
  offer(clip: Clip): void {
    this.#clip = clip;
    this.#saveClip.disabled = false;
    this.#saveReport.disabled = false;
  }

  async #encode(): Promise<void> {
    if (!this.#clip) return;
    this.#saveClip.disabled = true;
    try {
      const blob = await this.#clip.toBlob();
      save(blob, blob.type === 'video/mp4' ? 'clip.mp4' : 'clip.webm');
    } finally {
      this.#saveClip.disabled = false;
    }
  }
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  element('a', { href: url, download: name }).click();
  // The browser reads the blob after this task.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
