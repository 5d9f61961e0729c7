import { effect, signal } from '@preact/signals';
import { frameAt, type Moment, type Rate } from './loop.ts';

/** Where a player has its time from. */
export interface Ticker {
  /** Seconds. */
  now(): number;
  /** Calls back before the next picture is drawn. @returns what takes it back. */
  next(callback: () => void): () => void;
}

/** The browser's own: it rests while the page is not seen. */
const screenTicker: Ticker = {
  now: () => performance.now() / 1000,
  next(callback) {
    const request = requestAnimationFrame(callback);
    return () => cancelAnimationFrame(request);
  },
};

/** The one clock of all pictures that play in step: it says which frame to show, and draws nothing. */
export class Player {
  readonly frame = signal(0);
  readonly isPlaying = signal(false);
  /** Times the clip's own frames a second. */
  readonly speed = signal(1);
  readonly #clip = signal<Rate>({ count: 1, framesASecond: 1 });
  readonly #ticker: Ticker;

  /** @param isPlaying Whether clips play from the start. */
  constructor(isPlaying: boolean, ticker: Ticker = screenTicker) {
    this.#ticker = ticker;
    this.isPlaying.value = isPlaying;
  }

  /** Takes a clip from its first frame on; whether it plays stays as it is. */
  load(clip: Rate): void {
    this.frame.value = 0;
    this.#clip.value = { ...clip };
  }

  /** Shows a frame, and stays there. */
  seek(frame: number): void {
    this.isPlaying.value = false;
    this.frame.value = frame;
  }

  /** Plays and pauses from now on. @returns what ends it. */
  run(): () => void {
    return effect(() => {
      const { count, framesASecond } = this.#clip.value;
      const rate: Rate = { count, framesASecond: framesASecond * this.speed.value };
      if (!this.isPlaying.value || count < 2) return;
      const start: Moment = { frame: this.frame.peek(), at: this.#ticker.now() };
      let cancel = this.#ticker.next(tick);
      const { frame } = this;
      const ticker = this.#ticker;
      function tick(): void {
        frame.value = frameAt(start, ticker.now(), rate);
        cancel = ticker.next(tick);
      }
      return () => cancel();
    });
  }
}
