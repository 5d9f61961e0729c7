import type { Branch } from './run-shape.ts';

/** Ratios of a model by step, the first step's 1: for each branch, or for both. */
export type MagRatios = Readonly<Partial<Record<Branch, readonly number[]>>>;

/**
 * Ratios that MagCache's authors measured (github.com/Zehong-Ma/MagCache): of 50 steps, in hundred-thousandths. Of Wan
 * 2.1's models that make a clip of a text.
 */
const PUBLISHED: Readonly<Record<string, Readonly<Record<Branch, string>>>> = {
  'wan2.1-1.3b': {
    cond: `
      100000 101240 100166 99791 99682 99634 99567 99416 99578 99570 99511 99535 99552 99541 99540 99489 99518 99484
      99481 99415 99419 99396 99388 99349 99309 99270 99228 99171 99137 99068 99005 98944 98849 98758 98644 98504
      98360 98202 97977 97717 97410 97003 96538 95930 95086 94013 92402 90241 86821 81838`,
    uncond: `
      100000 102213 100410 100061 99762 99685 99586 99422 99575 99563 99506 99531 99549 99539 99536 99485 99514 99478
      99479 99413 99416 99393 99386 99349 99304 99270 99226 99170 99135 99063 99003 98942 98849 98757 98643 98503
      98359 98201 97978 97718 97411 97002 96541 95933 95089 94019 92414 90260 86868 81939`,
  },
  'wan2.1-14b': {
    cond: `
      100000 102504 100025 99850 99779 99660 99482 99467 99664 99434 99533 99468 99438 99516 99384 99404 99517 99409
      99428 99347 99418 99271 99313 99215 99218 99216 99163 99138 98982 98996 98870 98772 98767 98573 98501 98380
      98177 98037 97678 97546 97184 96711 96349 95629 94926 93964 92511 90693 87960 86111`,
    uncond: `
      100000 103017 100251 99962 99771 99658 99476 99451 99656 99431 99545 99465 99434 99517 99380 99401 99516 99408
      99426 99343 99416 99269 99311 99215 99215 99217 99161 99135 98980 98995 98866 98770 98765 98570 98498 98376
      98173 98035 97677 97543 97183 96708 96345 95625 94929 93961 92504 90678 87945 86189`,
  },
};

/** Names of models whose ratios are published. */
export const PUBLISHED_RATIOS: readonly string[] = Object.keys(PUBLISHED);

/** A model's published ratios. @throws for a name that is none of `PUBLISHED_RATIOS`. */
export function publishedRatios(model: string): MagRatios {
  const found = PUBLISHED[model];
  if (!found) throw new Error(`no ratios of ${model} are published`);
  const numbers = (text: string) =>
    text
      .trim()
      .split(/\s+/)
      .map((digits) => Number(digits) / 1e5);
  return { cond: numbers(found.cond), uncond: numbers(found.uncond) };
}

/**
 * Ratios of another count of steps, as MagCache and diffusers have them: each step's nearest, a half going to the even one.
 *
 * @param round To the arithmetic's precision.
 */
export function nearestRatios(ratios: readonly number[], steps: number, round: (x: number) => number): number[] {
  if (ratios.length === steps) return [...ratios];
  if (steps === 1) return ratios.slice(-1);
  const scale = round((ratios.length - 1) / (steps - 1));
  return Array.from({ length: steps }, (_, step) => ratios[halfToEven(round(step * scale))] as number);
}

function halfToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}
