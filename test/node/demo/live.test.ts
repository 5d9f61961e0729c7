import { afterEach, describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../demo/engine/protocol.ts';
import { beginLive, endLive, live, preview, takeLive } from '../../../demo/state/live.ts';
import { scoresOf } from './cache-support.ts';

const REQUEST = { prompt: 'a red circle', steps: 30 };

afterEach(endLive);

/** A picture that knows whether it was closed. */
function picture(): ImageBitmap & { isClosed: boolean } {
  return {
    width: 8,
    height: 8,
    isClosed: false,
    close() {
      this.isClosed = true;
    },
  };
}

function forward(step: number, branch: 'cond' | 'uncond', computed: number): EngineEvent {
  return {
    kind: 'forward',
    forward: { step, branch, computed, blocks: 12, computes: computed > 0, digits: computed > 0 ? '11' : '00' },
  };
}

describe('a run under way', () => {
  test('is folded from what the worker tells', () => {
    beginLive('run', REQUEST);
    const scores = scoresOf(1, 'cond', [0.2, 0.4]);
    const events: EngineEvent[] = [
      forward(0, 'cond', 12),
      forward(0, 'uncond', 12),
      { kind: 'step', step: { step: 0, steps: 15, seconds: 0.5 } },
      forward(1, 'cond', 1 / 3),
      forward(1, 'uncond', 0),
      { kind: 'scores', scores },
      { kind: 'step', step: { step: 1, steps: 15, seconds: 0.1 } },
    ];
    events.forEach(takeLive);
    expect(live.value).toEqual({
      role: 'run',
      request: REQUEST,
      // A policy may take fewer steps than were asked for.
      steps: 15,
      blocks: 12,
      schedule: { cond: '11', uncond: '10' },
      digits: { cond: ['11', '11'], uncond: ['10', '10'] },
      scores: [scores],
      stepSeconds: [0.5, 0.1],
    });
  });

  test('progress and warnings do not draw it again', () => {
    beginLive('run', REQUEST);
    const before = live.value;
    takeLive({ kind: 'progress', progress: { phase: 'denoise', loaded: 1, total: 30 } });
    takeLive({ kind: 'warning', message: 'the store is full' });
    expect(live.value).toBe(before);
  });

  test('nothing of it is left for the next', () => {
    beginLive('run', REQUEST);
    takeLive(forward(0, 'cond', 12));
    endLive();
    expect(live.value).toBeUndefined();
    takeLive(forward(1, 'cond', 12));
    expect(live.value).toBeUndefined();
    beginLive('run', REQUEST);
    expect(live.value).toMatchObject({ blocks: 0, schedule: {} });
  });
});

describe('a preview', () => {
  test('is closed when the next one comes, and when the run is over', () => {
    const [first, second] = [picture(), picture()];
    beginLive('run', REQUEST);
    takeLive({ kind: 'preview', step: 2, picture: first });
    expect(preview.value).toEqual({ step: 2, picture: first });
    takeLive({ kind: 'preview', step: 5, picture: second });
    expect([first.isClosed, second.isClosed]).toEqual([true, false]);
    endLive();
    expect(second.isClosed).toBe(true);
    expect(preview.value).toBeUndefined();
  });

  test('that comes after the end is closed and not shown', () => {
    const late = picture();
    takeLive({ kind: 'preview', step: 2, picture: late });
    expect(late.isClosed).toBe(true);
    expect(preview.value).toBeUndefined();
  });
});
