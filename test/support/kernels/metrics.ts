import type { Metric } from '../../../src/ops/metrics/index.ts';

type Values = ArrayLike<number>;

/** A metric's score in float64. @param width Of a row. @param frames That a's rows are cut to. */
export function scoreOf(metric: Metric, a: Values, b: Values, width: number, frames: number): number {
  switch (metric.kind) {
    case 'relativeL1':
      return l1(a, b) / l1(metric.denominator === 'older' ? b : a);
    case 'meanL1':
      return l1(a, b) / a.length;
    case 'rootMeanSquare':
      return norm(Array.from(a, (value, i) => value - (b[i] as number))) / Math.sqrt(a.length);
    case 'motion': {
      const ahead = (metric.stride * a.length) / frames;
      const [later, earlier] = [Array.from(a).slice(ahead), Array.from(a).slice(0, a.length - ahead)];
      return l1(later, earlier) / (l1(later) + l1(earlier));
    }
    case 'cosine': {
      if (metric.per === 'tensor') return cosineDistance(a, b);
      const lanes = width % 4 === 0 ? 4 : 1;
      const counted = lanes * Math.max(1, Math.floor((width * (metric.channels ?? 1)) / lanes));
      const others = rows(b, width);
      return mean(
        rows(a, width).map((row, i) => cosineDistance(row.slice(0, counted), (others[i] ?? []).slice(0, counted))),
      );
    }
    case 'normRatio': {
      if (metric.per === 'tensor') return norm(a) / norm(b);
      const others = rows(b, width);
      const ratios = rows(a, width).map((row, i) => norm(row) / norm(others[i] as number[]));
      const middle = mean(ratios);
      if (metric.per === 'tokenMean') return middle;
      return Math.sqrt(ratios.reduce((sum, ratio) => sum + (ratio - middle) ** 2, 0) / (ratios.length - 1));
    }
  }
}

function rows(values: Values, width: number): number[][] {
  const all = Array.from(values);
  return Array.from({ length: all.length / width }, (_, i) => all.slice(i * width, (i + 1) * width));
}

function l1(a: Values, b?: Values): number {
  return Array.from(a).reduce((sum, value, i) => sum + Math.abs(value - (b?.[i] ?? 0)), 0);
}

function dot(a: Values, b: Values): number {
  return Array.from(a).reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}

function norm(a: Values): number {
  return Math.sqrt(dot(a, a));
}

function cosineDistance(a: Values, b: Values): number {
  return 1 - dot(a, b) / (norm(a) * norm(b));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
