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
  const count = sizes.reduce((product, size) => product * size);
  const width = sizes[0] * patch.reduce((product, size) => product * size);
  const indices = Float32Array.from({ length: 2 * count }, (_, i) => i);

  const cut = new KernelRun(gpu);
  const tokens = cut.output([count / width, width]);
  const latents = cut.input([2, ...sizes], indices);
  const [got] = await cut.run(() => patchify(cut.context, { latents, tokens, patch, clip: 1 }), tokens);
  const want = new Float32Array(count);
  for (const [i, at] of places(sizes, patch, 'c first').entries()) want[at] = count + i;
  expect(got).toEqual(want);

  const join = new KernelRun(gpu);
  const head = join.input([count / width, width], indices.subarray(0, count));
  const joined = join.output([2, ...sizes]);
  const args = { tokens: head, latents: joined, patch, clip: 1 };
  const [back = new Float32Array()] = await join.run(() => unpatchify(join.context, args), joined);
  expect(back.subarray(0, count).every(Number.isNaN)).toBe(true);
  expect(back.subarray(count)).toEqual(Float32Array.from(places(sizes, patch, 'c last')));
});

test('of deeper tokens the first channels are taken', async () => {
  const run = new KernelRun(await testGpu());
  const [patch, sizes] = [
    [1, 2, 2],
    [3, 1, 4, 6],
  ] as const;
  const deep = places([5, ...sizes.slice(1)] as unknown as Sizes, patch, 'c last');
  const tokens = run.input(
    [6, 20],
    Float32Array.from({ length: 120 }, (_, i) => i),
  );
  const latents = run.output([2, ...sizes]);
  const [got = new Float32Array()] = await run.run(() => {
    for (const clip of [0, 1]) unpatchify(run.context, { tokens, latents, patch, clip });
  }, latents);
  const want = Float32Array.from(deep.slice(0, 72));
  expect([got.subarray(0, 72), got.subarray(72)]).toEqual([want, want]);
});

test('what does not fit is refused with its numbers', async () => {
  const run = new KernelRun(await testGpu());
  const [latents, tokens] = [run.output([2, 1, 4, 5]), run.output([4, 10])];
  expect(() => patchify(run.context, { latents, tokens, patch: [1, 2, 2] })).toThrow(/1 x 2 x 2/);
  expect(() => patchify(run.context, { latents, tokens, patch: [1, 2, 5], clip: 1 })).toThrow(/clip 1 of \[2,1,4,5\]/);
  const deep = run.output([4, 15]);
  expect(() => patchify(run.context, { latents, tokens: deep, patch: [1, 2, 5] })).toThrow(/tokens \[4,15\]/);
  expect(() =>
    unpatchify(run.context, { latents: run.output([4, 1, 2, 2]), tokens: run.output([1, 14]), patch: [1, 2, 2] }),
  ).toThrow(/tokens \[1,14\]/);
});
