import { Random } from './kernel-run.ts';

/** Frames, height and width of a clip. */
export type ClipSize = readonly [frames: number, height: number, width: number];

/** Two clips that are alike, as bytes [frames, height, width, 3]; test/fixtures/metrics.json has them by seed. */
export function clipsOf(seed: number, [frames, height, width]: ClipSize): [number[], number[]] {
  const random = new Random(seed);
  const clamp = (value: number) => Math.max(0, Math.min(255, value));
  const [a, b]: [number[], number[]] = [[], []];
  for (let i = 0; i < frames * height * width * 3; i++) {
    const [c, x] = [i % 3, Math.floor(i / 3) % width];
    const [y, t] = [Math.floor(i / (3 * width)) % height, Math.floor(i / (3 * width * height))];
    const value = clamp(((3 * x + 5 * y + 40 * c + 10 * t) % 256) + random.integer(-20, 20));
    a.push(value);
    b.push(clamp(value + random.integer(-30, 30)));
  }
  return [a, b];
}

/** PSNR of each frame in float64, infinite for the same pixels. */
export function psnrReference(a: readonly number[], b: readonly number[], [frames]: ClipSize): number[] {
  const size = a.length / frames;
  return Array.from({ length: frames }, (_, t) => {
    let sum = 0;
    for (let i = t * size; i < (t + 1) * size; i++) sum += (((a[i] as number) - (b[i] as number)) / 255) ** 2;
    return -10 * Math.log10(sum / size);
  });
}

/** SSIM of each frame in float64, by the definition: for every window its means, then its variances about them. */
export function ssimReference(a: readonly number[], b: readonly number[], [frames, height, width]: ClipSize): number[] {
  const side = Math.min(11, height, width);
  const n = side % 2 === 0 ? side - 1 : side;
  const weights = Array.from({ length: n * n }, (_, i) => {
    const [x, y] = [(i % n) - (n - 1) / 2, Math.floor(i / n) - (n - 1) / 2];
    return Math.exp(-(x * x + y * y) / (2 * 1.5 ** 2));
  });
  const total = weights.reduce((sum, weight) => sum + weight);
  const mean = (f: (i: number) => number) => weights.reduce((sum, weight, i) => sum + weight * f(i), 0) / total;

  const similarity = (t: number, top: number, left: number, c: number) => {
    const at = (clip: readonly number[]) => (i: number) => {
      const row = (t * height + top + Math.floor(i / n)) * width;
      return (clip[(row + left + (i % n)) * 3 + c] as number) / 255;
    };
    const [u, v] = [at(a), at(b)];
    const [mu, mv] = [mean(u), mean(v)];
    const covariance = mean((i) => (u(i) - mu) * (v(i) - mv));
    const variances = mean((i) => (u(i) - mu) ** 2 + (v(i) - mv) ** 2);
    return ((2 * mu * mv + 0.0001) * (2 * covariance + 0.0009)) / ((mu * mu + mv * mv + 0.0001) * (variances + 0.0009));
  };
  const [rows, columns] = [height - n + 1, width - n + 1];
  return Array.from({ length: frames }, (_, t) => {
    let sum = 0;
    for (let i = 0; i < rows * columns * 3; i++) {
      sum += similarity(t, Math.floor(i / (3 * columns)), Math.floor(i / 3) % columns, i % 3);
    }
    return sum / (rows * columns * 3);
  });
}
