import { describe, expect, it } from 'vitest';
import { joinSpans } from '../../../src/weights/ranges.ts';
import { chunksOf, streamOf } from '../../../src/weights/streams.ts';

describe('chunksOf', () => {
  it('cancels the stream when the loop is left early', async () => {
    let isCancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1)),
      cancel: () => {
        isCancelled = true;
      },
    });
    for await (const _ of chunksOf(endless)) break;
    expect(isCancelled).toBe(true);
  });

  it('ends a read that never answers by the signal’s reason', async () => {
    let cancelledWith: unknown;
    const silent = new ReadableStream<Uint8Array>({
      cancel: (reason) => {
        cancelledWith = reason;
      },
    });
    const controller = new AbortController();
    const reason = new Error('stop');
    const reading = chunksOf(silent, controller.signal).next();
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
    expect(cancelledWith).toBe(reason);
  });
});

describe('streamOf', () => {
  it('pulls only what is read, and finishes the generator on cancel', async () => {
    let made = 0;
    let isFinished = false;
    async function* endless() {
      try {
        while (true) yield new Uint8Array(++made);
      } finally {
        isFinished = true;
      }
    }
    const reader = streamOf(endless()).getReader();
    expect((await reader.read()).value?.length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(made).toBe(1);
    await reader.cancel();
    expect(isFinished).toBe(true);
  });
});

it('joinSpans sorts, joins what is near or overlaps, and drops what is empty', () => {
  const spans = [
    { start: 50, end: 60 },
    { start: 0, end: 10 },
    { start: 12, end: 40 },
    { start: 15, end: 20 },
    { start: 80, end: 80 },
  ];
  expect(joinSpans(spans, 2)).toEqual([
    { start: 0, end: 40 },
    { start: 50, end: 60 },
  ]);
});
