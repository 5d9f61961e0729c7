import type { StepErrors } from './smoothcache-artifact.ts';
import type { SubLayer } from './step-plan.ts';

/** Significant digits of an artifact's errors: far more than they agree in between prompts. */
const DIGITS = 4;

/** Means of calibration's errors over blocks, branches and prompts, by sub-layer type, distance and step. */
export class SmoothCacheErrors {
  readonly #samples = new Map<string, { sum: number; count: number }>();

  constructor(
    private readonly steps: number,
    private readonly kMax: number,
  ) {}

  /**
   * Takes one error.
   *
   * @param distance In steps, from 1 on. @param step The later of the two that were compared.
   */
  add(type: SubLayer, distance: number, step: number, error: number): void {
    const earlier = step - distance;
    if (earlier < 0) return;
    const key = `${type} ${distance} ${earlier}`;
    const { sum, count } = this.#samples.get(key) ?? { sum: 0, count: 0 };
    this.#samples.set(key, { sum: sum + error, count: count + 1 });
  }

  /** As an artifact has them: null where nothing was taken, or a mean is not finite. */
  get means(): Readonly<Record<SubLayer, readonly StepErrors[]>> {
    const rows = (type: SubLayer) =>
      Array.from({ length: this.kMax }, (_, i) =>
        Array.from({ length: Math.max(0, this.steps - i - 1) }, (_, step) => this.#mean(`${type} ${i + 1} ${step}`)),
      );
    return { selfAttention: rows('selfAttention'), crossAttention: rows('crossAttention'), mlp: rows('mlp') };
  }

  #mean(key: string): number | null {
    const { sum, count } = this.#samples.get(key) ?? { sum: 0, count: 0 };
    const mean = sum / count;
    return Number.isFinite(mean) ? Number(mean.toPrecision(DIGITS)) : null;
  }
}
