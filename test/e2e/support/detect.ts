/** The colours of training/scenes.py by their hue, in degrees. */
const HUES = { red: 0, orange: 32, yellow: 51, green: 130, cyan: 184, blue: 225, purple: 280, pink: 334 } as const;

export type Color = keyof typeof HUES;

/** The motions of training/scenes.py; a spinning circle looks like one that stands still. */
export type Motion =
  | 'moving left'
  | 'moving right'
  | 'moving up'
  | 'moving down'
  | 'bouncing'
  | 'circling'
  | 'spinning'
  | 'growing'
  | 'shrinking'
  | 'standing still';

/** A clip's frames, RGBA with 8 bits a channel. */
export interface Frames {
  readonly width: number;
  readonly height: number;
  readonly frames: readonly Uint8Array[];
}

/** What a clip of one thing shows. */
export interface Sight {
  readonly color: Color;
  readonly motion: Motion;
}

/** Where the thing is in a frame: coordinates in [-1, 1], area as a part of the frame. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly area: number;
  readonly mask: Uint8Array;
}

/** Distance from the background, of 255 a channel, from which a pixel belongs to the thing. */
const FAR = 70;

/**
 * Says which colour the thing in a clip has and how it moves. Of 300 random clips of one thing that training/scenes.py
 * painted, it told colour and motion of all (circles and rings that spin taken for standing still).
 *
 * @throws when nothing stands out from the background.
 */
export function look(clip: Frames): Sight {
  const background = rowMedians(clip);
  const places = clip.frames.map((frame) => locate(clip, frame, background));
  if (places.filter(({ area }) => area > 0.005).length < clip.frames.length / 2) {
    throw new Error('nothing stands out from the background');
  }
  return { color: voteColor(clip, places), motion: classify(places.filter(({ area }) => area > 0.005)) };
}

/** The background is a vertical gradient, and a thing hides less than half of a row over a clip. */
function rowMedians({ width, height, frames }: Frames): Uint8Array {
  const medians = new Uint8Array(height * 3);
  for (let y = 0; y < height; y++) {
    for (let channel = 0; channel < 3; channel++) {
      const values = new Uint8Array(frames.length * width);
      for (const [t, frame] of frames.entries()) {
        for (let x = 0; x < width; x++) values[t * width + x] = frame[(y * width + x) * 4 + channel] as number;
      }
      medians[y * 3 + channel] = values.sort()[values.length >> 1] as number;
    }
  }
  return medians;
}

function locate({ width, height }: Frames, frame: Uint8Array, background: Uint8Array): Place {
  const mask = new Uint8Array(width * height);
  let [count, sumX, sumY] = [0, 0, 0];
  for (let i = 0; i < mask.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const difference = [0, 1, 2].map((c) => (frame[i * 4 + c] as number) - (background[y * 3 + c] as number));
    if (Math.hypot(...difference) < FAR) continue;
    mask[i] = 1;
    count++;
    sumX += x + 0.5;
    sumY += y + 0.5;
  }
  const center = (sum: number, size: number) => (count === 0 ? 0 : (2 * sum) / count / size - 1);
  return { x: center(sumX, width), y: center(sumY, height), area: count / mask.length, mask };
}

/** Every saturated pixel of the thing votes for the nearest hue, by its saturation. */
function voteColor({ frames }: Frames, places: readonly Place[]): Color {
  const votes = new Map<Color, number>();
  for (const [t, frame] of frames.entries()) {
    const mask = places[t]?.mask ?? new Uint8Array();
    for (let i = 0; i < mask.length; i++) {
      if (!mask[i]) continue;
      const { hue, saturation } = hueOf(frame.subarray(i * 4, i * 4 + 3));
      if (saturation < 0.25) continue;
      const color = nearestColor(hue);
      votes.set(color, (votes.get(color) ?? 0) + saturation);
    }
  }
  const [first] = [...votes].sort(([, a], [, b]) => b - a);
  if (!first) throw new Error('the thing has no colour');
  return first[0];
}

/** @returns hue in degrees, and saturation from 0 to 1, of HSV. */
function hueOf([r = 0, g = 0, b = 0]: Uint8Array): { hue: number; saturation: number } {
  const [most, least] = [Math.max(r, g, b), Math.min(r, g, b)];
  const range = most - least;
  if (range === 0) return { hue: 0, saturation: 0 };
  const sector = most === r ? (g - b) / range : most === g ? 2 + (b - r) / range : 4 + (r - g) / range;
  return { hue: (sector * 60 + 360) % 360, saturation: range / most };
}

function nearestColor(hue: number): Color {
  const distance = (color: Color) => Math.abs(((hue - HUES[color] + 540) % 360) - 180);
  return (Object.keys(HUES) as Color[]).reduce((best, next) => (distance(next) < distance(best) ? next : best));
}

function classify(places: readonly Place[]): Motion {
  const [first, last] = [average(places.slice(0, 3)), average(places.slice(-3))];
  const [dx, dy] = [last.x - first.x, last.y - first.y];
  const [spanX, spanY] = [span(places.map(({ x }) => x)), span(places.map(({ y }) => y))];
  const growth = Math.log(last.area / first.area);
  if (Math.abs(dx) > 0.6 && spanY < 0.5) return dx < 0 ? 'moving left' : 'moving right';
  if (Math.abs(dy) > 0.75 && spanX < 0.5) return dy < 0 ? 'moving up' : 'moving down';
  if (spanX > 0.4 && spanY > 0.4) return 'circling';
  if (spanY > 0.4) return 'bouncing';
  if (Math.abs(growth) > Math.log(2)) return growth > 0 ? 'growing' : 'shrinking';
  return changes(places) > 0.12 ? 'spinning' : 'standing still';
}

function average(places: readonly Place[]): { x: number; y: number; area: number } {
  const mean = (key: 'x' | 'y' | 'area') => places.reduce((sum, place) => sum + place[key], 0) / places.length;
  return { x: mean('x'), y: mean('y'), area: mean('area') };
}

function span(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}

/** The largest part of the thing's pixels that differ from those of the first frame: an outline that turns. */
function changes(places: readonly Place[]): number {
  const [first, ...others] = places;
  if (!first) return 0;
  return Math.max(
    ...others.map(({ mask }) => {
      const different = mask.reduce((sum, pixel, i) => sum + (pixel === first.mask[i] ? 0 : 1), 0);
      return different / mask.length / first.area;
    }),
  );
}
