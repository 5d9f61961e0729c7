/** How a policy's runs are drawn: told apart by colour and by shape. */
export interface Mark {
  /** A variable of runs.css. */
  readonly color: `--mark-${number}`;
  /** An SVG path about the origin, from -1 to 1. */
  readonly path: string;
}

const PATHS = [
  'M-.9 0a.9 .9 0 1 1 1.8 0a.9 .9 0 1 1 -1.8 0z',
  'M-.8 -.8h1.6v1.6h-1.6z',
  'M0 -1l1 1.75h-2z',
  'M0 -1.1l1.1 1.1l-1.1 1.1l-1.1 -1.1z',
  'M-.35 -1h.7v.65h.65v.7h-.65v.65h-.7v-.65h-.65v-.7h.65z',
  'M0 1l1 -1.75h-2z',
];

/** The mark of the policy at an index of the list of policies; they begin anew after the sixth. */
export function markOf(index: number): Mark {
  const at = Math.max(0, index) % PATHS.length;
  return { color: `--mark-${at + 1}`, path: PATHS[at] ?? '' };
}
