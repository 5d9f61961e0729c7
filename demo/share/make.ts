import { resultOf } from '../history/result.ts';
import { nameOf } from '../stage/names.ts';
import type { Run } from '../state/runs.ts';
import { type Card, cardSize, drawCard } from './card.ts';
import { animatedWebp } from './webp.ts';

/** A file to share, and the end of its name. */
export interface SharedFile {
  readonly blob: Blob;
  readonly extension: string;
}

const QUALITY = 0.85;

/** What is shared of a run: with its full clip, once they were compared. */
export function cardOf(run: Run, baseline: Run | undefined): Card {
  return {
    clips: [...(baseline ? [baseline] : []), run].map((each) => ({ run: each, title: nameOf(each) })),
    prompt: run.report.prompt,
    figure: resultOf(run).headline,
  };
}

/** A picture of the clip's middle. */
export async function makePicture(card: Card): Promise<SharedFile> {
  const blob = await paint(card, Math.floor(lengthOf(card) / 2), 'image/png');
  return { blob, extension: 'png' };
}

/** A loop of the whole clip; a still picture where the browser writes no WebP. */
export async function makeLoop(card: Card): Promise<SharedFile> {
  const pictures: Uint8Array[] = [];
  for (let frame = 0; frame < lengthOf(card); frame++) {
    const blob = await paint(card, frame, 'image/webp');
    if (blob.type !== 'image/webp') return makePicture(card);
    pictures.push(new Uint8Array(await blob.arrayBuffer()));
  }
  const duration = Math.round(1000 / (card.clips[0]?.run.pictures.fps ?? 1));
  const file = animatedWebp({ ...cardSize(card), duration, pictures });
  return { blob: new Blob([file], { type: 'image/webp' }), extension: 'webp' };
}

async function paint(card: Card, frame: number, type: string): Promise<Blob> {
  const { width, height } = cardSize(card);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('The browser gives no canvas to draw the picture on.');
  drawCard(context, card, frame);
  return canvas.convertToBlob({ type, quality: QUALITY });
}

function lengthOf({ clips }: Card): number {
  return Math.max(1, ...clips.map(({ run }) => run.pictures.frames.length));
}
