import { expect, test } from 'vitest';
import { type PatchSize, patchify, unpatchify } from '../../src/ops/patchify.ts';
import { KernelRun, testGpu } from '../support/kernel-run.ts';

type Sizes = readonly [C: number, T: number, H: number, W: number];

/** For each value of the latents, where it lies among the tokens when c comes first, or last. */
function places([C, T, H, W]: Sizes, [pt, ph, pw]: PatchSize, order: 'c first' | 'c last'): number[] {
  const found = [];
  for (let c = 0; c < C; c++) {
    for (let t = 0; t < T; t++) {
      for (let h = 0; h < H; h++) {
        for (let w = 0; w < W; w++) {
          const token = (Math.floor(t / pt) * (H / ph) + Math.floor(h / ph)) * (W / pw) + Math.floor(w / pw);
          const within = ((t % pt) * ph + (h % ph)) * pw + (w % pw);
          const channel = order === 'c first' ? c * pt * ph * pw + within : within * C + c;
          found.push(token * C * pt * ph * pw + channel);
        }
      }
    }
  }
  return found;
}

const CASES: [Sizes, PatchSize][] = [
  [
    [1, 1, 1, 1],
    [1, 1, 1],
  ],
  [
    [16, 3, 6, 10],
    [1, 2, 2],
  ],
  [
    [5, 4, 9, 14],
    [2, 3, 7],
  ],
];

test.each(CASES)('patchify [%s] by [%s], and back', async (sizes, patch) => {
  const gpu = await testGpu();
  const [C, T, H, W] = sizes;
  const count = C * T * H * W;
  const values = Float32Array.from({ length: count }, (_, i) => i);
  const [pt, ph, pw] = patch;
  const width = C * pt * ph * pw;

  const cut = new KernelRun(gpu);
  const tokens = cut.output([count / width, width]);
  const latents = cut.input(sizes, values);
  const [got] = await cut.run(() => patchify(cut.context, { latents, tokens, patch }), tokens);
  const want = new Float32Array(count);
  for (const [i, at] of places(sizes, patch, 'c first').entries()) want[at] = i;
  expect(got).toEqual(want);

  const join = new KernelRun(gpu);
  const head = join.input([count / width, width], values);
  const joined = join.output(sizes);
  const [back] = await join.run(() => unpatchify(join.context, { tokens: head, latents: joined, patch }), joined);
  expect(back).toEqual(Float32Array.from(places(sizes, patch, 'c last')));
});

test('a patch that does not divide the latents is refused', async () => {
  const run = new KernelRun(await testGpu());
  const [latents, tokens] = [run.output([2, 1, 4, 5]), run.output([4, 10])];
  expect(() => patchify(run.context, { latents, tokens, patch: [1, 2, 2] })).toThrow(/1 x 2 x 2/);
});
