import type { Clip } from '../src/index.ts';
import { byId } from './dom.ts';

/** Plays a clip in a loop on a canvas; paused from the start for people who asked for less motion. */
export class Player {
  readonly #canvas = byId('screen', HTMLCanvasElement);
  readonly #play = byId('play', HTMLButtonElement);
  readonly #seek = byId('frame', HTMLInputElement);
  #pictures: ImageBitmap[] = [];
  #millisecondsAFrame = 125;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    this.#play.addEventListener('click', () => (this.#timer === undefined ? this.#start() : this.#stop()));
    this.#seek.addEventListener('input', () => {
      this.#stop();
      this.#draw();
    });
  }

  /** Takes over a clip's pictures; the clip may be disposed of afterwards. */
  async show(clip: Clip): Promise<void> {
    const pictures: ImageBitmap[] = [];
    for await (const frame of clip.frames()) {
      pictures.push(await createImageBitmap(frame));
      frame.close();
    }
    this.#stop();
    for (const picture of this.#pictures) picture.close();
    this.#pictures = pictures;
    this.#millisecondsAFrame = 1000 / clip.fps;
    Object.assign(this.#canvas, { width: clip.width, height: clip.height });
    this.#canvas.setAttribute('aria-label', `Video: ${clip.report.prompt}`);
    Object.assign(this.#seek, { max: String(pictures.length - 1), value: '0', disabled: false });
    this.#play.disabled = false;
    this.#draw();
    if (!matchMedia('(prefers-reduced-motion: reduce)').matches) this.#start();
  }

  #start(): void {
    this.#play.textContent = 'Pause';
    this.#timer = setInterval(() => {
      this.#seek.value = String((Number(this.#seek.value) + 1) % this.#pictures.length);
      this.#draw();
    }, this.#millisecondsAFrame);
  }

  #stop(): void {
    this.#play.textContent = 'Play';
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #draw(): void {
    const picture = this.#pictures[Number(this.#seek.value)];
    if (picture) this.#canvas.getContext('2d')?.drawImage(picture, 0, 0);
  }
}
