import { describe, expect, test } from 'vitest';
import { frameAt } from '../../../demo/stage/loop.ts';
import { Player, type Ticker } from '../../../demo/stage/player.ts';
import fc from '../../support/property.ts';

/** Time that a test lets pass. */
class ScriptedTicker implements Ticker {
  #now = 0;
  #callback: (() => void) | undefined;

  now(): number {
    return this.#now;
  }

  next(callback: () => void): () => void {
    this.#callback = callback;
    return () => {
      this.#callback = undefined;
    };
  }

  get isAwaited(): boolean {
    return this.#callback !== undefined;
  }

  pass(seconds: number): void {
    this.#now += seconds;
    this.#callback?.();
  }
}

function play(isPlaying = true) {
  const ticker = new ScriptedTicker();
  const player = new Player(isPlaying, ticker);
  player.load({ count: 5, framesASecond: 8 });
  return { ticker, player, end: player.run() };
}

describe('frameAt', () => {
  test('a loop goes on at its rate, however seldom it is looked at', () => {
    const rate = { count: 5, framesASecond: 8 };
    const at = (seconds: number) => frameAt({ frame: 3, at: 10 }, 10 + seconds, rate);
    expect([0, 0.124, 0.125, 0.25, 0.625, 60].map(at)).toEqual([3, 3, 4, 0, 3, 3]);
  });

  test('it is always a frame of the clip', () => {
    const counts = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(counts, fc.nat(99), fc.double({ noNaN: true, min: -10, max: 1e6 }), (count, frame, now) => {
        const shown = frameAt({ frame: frame % count, at: 0 }, now, { count, framesASecond: 8 });
        expect(Number.isInteger(shown) && shown >= 0 && shown < count).toBe(true);
      }),
    );
  });
});

describe('Player', () => {
  test('plays in a loop, pauses where it is, and goes on from there', () => {
    const { ticker, player } = play();
    ticker.pass(0.25);
    expect(player.frame.value).toBe(2);
    player.isPlaying.value = false;
    ticker.pass(10);
    expect(player.frame.value).toBe(2);
    player.isPlaying.value = true;
    ticker.pass(0.5);
    expect(player.frame.value).toBe(1);
  });

  test('a change of speed goes on from the shown frame', () => {
    const { ticker, player } = play();
    ticker.pass(0.25);
    player.speed.value = 0.5;
    ticker.pass(0.125);
    expect(player.frame.value).toBe(2);
    ticker.pass(0.125);
    expect(player.frame.value).toBe(3);
  });

  test('seeking pauses', () => {
    const { ticker, player } = play();
    player.seek(4);
    ticker.pass(1);
    expect([player.frame.value, player.isPlaying.value]).toEqual([4, false]);
  });

  test('another clip of the same length begins at its first frame', () => {
    const { ticker, player } = play();
    ticker.pass(0.3);
    player.load({ count: 5, framesASecond: 8 });
    expect(player.frame.value).toBe(0);
    ticker.pass(0.125);
    expect(player.frame.value).toBe(1);
  });

  test('asks for no time while paused, for a single frame, or once ended', () => {
    expect(play(false).ticker.isAwaited).toBe(false);
    const { ticker, player, end } = play();
    expect(ticker.isAwaited).toBe(true);
    player.load({ count: 1, framesASecond: 8 });
    expect(ticker.isAwaited).toBe(false);
    player.load({ count: 2, framesASecond: 8 });
    end();
    expect(ticker.isAwaited).toBe(false);
  });
});
