import { frameOf } from '../stage/draw.ts';
import type { Run } from '../state/runs.ts';

/** What a shared picture shows: one clip, or the full clip beside it, and under them what they are. */
export interface Card {
  readonly clips: readonly { readonly run: Run; readonly title: string }[];
  /** The prompt. */
  readonly prompt: string;
  /** E.g. `Skipped 60 % of the work: 2.5 times as fast.` */
  readonly figure: string;
}

/** Pixels. A clip is drawn at this width; all else is in proportion to nothing but legibility. */
const CLIP = 360;
const GAP = 12;
const TITLE = 30;
const TEXT = 86;

/** Height and width of a card. */
export function cardSize({ clips }: Card): { readonly width: number; readonly height: number } {
  return { width: GAP + clips.length * (CLIP + GAP), height: TITLE + clipHeight(clips) + TEXT };
}

/** Draws a card at one of its clips' frames. */
export function drawCard(context: OffscreenCanvasRenderingContext2D, card: Card, frame: number): void {
  const { width, height } = cardSize(card);
  const tall = clipHeight(card.clips);
  context.fillStyle = '#16130f';
  context.fillRect(0, 0, width, height);
  context.textBaseline = 'middle';
  context.imageSmoothingQuality = 'high';
  for (const [i, { run, title }] of card.clips.entries()) {
    const x = GAP + i * (CLIP + GAP);
    const picture = frameOf(run.pictures, frame);
    if (picture) context.drawImage(picture, x, TITLE, CLIP, tall);
    write(context, title, { x, y: TITLE / 2, size: 14, color: '#b9b1a4', width: CLIP });
  }
  const inner = width - 2 * GAP;
  const top = TITLE + tall;
  write(context, card.figure, { x: GAP, y: top + 22, size: 19, color: '#ff8a4c', width: inner, weight: 700 });
  write(context, `“${card.prompt}”`, { x: GAP, y: top + 46, size: 15, color: '#f2ede4', width: inner });
  write(context, 'Stillframe: video diffusion in a browser tab', {
    ...{ x: GAP, y: top + 69, size: 13, color: '#b9b1a4', width: inner },
  });
}

interface Line {
  readonly x: number;
  readonly y: number;
  /** Of the type, as `width` in pixels. */
  readonly size: number;
  readonly width: number;
  readonly color: string;
  readonly weight?: number;
}

/** Writes a line; one that is too long ends in an ellipsis. */
function write(context: OffscreenCanvasRenderingContext2D, text: string, line: Line): void {
  context.font = `${line.weight ?? 400} ${line.size}px system-ui, sans-serif`;
  context.fillStyle = line.color;
  let shown = text;
  while (shown.length > 1 && context.measureText(shown).width > line.width) shown = `${shown.slice(0, -2)}…`;
  context.fillText(shown, line.x, line.y);
}

function clipHeight(clips: Card['clips']): number {
  const { width = 1, height = 1 } = clips[0]?.run.pictures ?? {};
  return Math.round((CLIP * height) / width);
}
