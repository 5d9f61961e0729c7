/** A mark of a chart, and the size of what is written beside it, in pixels. */
export interface Labelled {
  readonly x: number;
  readonly y: number;
  /** Of the text. */
  readonly width: number;
}

/** Where a text's middle lies. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Where the texts of marks stand: right of their mark, or else left, above or below, wherever nothing is covered. Where
 * everything is taken it stays right.
 *
 * @param radius Of a mark. @param height Of a text.
 */
export function placeLabels(marks: readonly Labelled[], radius: number, height: number): readonly Spot[] {
  const taken = marks.map(({ x, y }) => boxAround({ x, y }, 2 * radius, 2 * radius));
  return marks.map((mark) => {
    const { x, y, width } = mark;
    const [beside, over] = [1.6 * radius + width / 2, radius + height / 2];
    const right = { x: x + beside, y };
    const spots = [right, { x: x - beside, y }, { x, y: y - over }, { x, y: y + over }];
    const spot = spots.find((each) => !taken.some((box) => overlap(box, boxAround(each, width, height)))) ?? right;
    taken.push(boxAround(spot, width, height));
    return spot;
  });
}

function boxAround({ x, y }: Spot, width: number, height: number): Box {
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
