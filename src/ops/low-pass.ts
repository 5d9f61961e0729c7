import { elements, type Tensor } from '../gpu/tensor.ts';
import { axisMatmul } from './axis-matmul.ts';
import type { OpContext } from './context.ts';
import { basisFrequencies, fourierBasis, type Matrix, matrix, transposed } from './fourier.ts';

/** What a low-pass filter of images multiplies by: matrices along rows and columns, there and back, and the disc. */
export interface LowPass<T> {
  /** Along a row of an image: [2 radius + 1, columns]. */
  readonly alongColumns: T;
  readonly alongRows: T;
  /** [2 radius + 1, 2 radius + 1]: 1 inside the disc. */
  readonly disc: T;
  readonly backRows: T;
  readonly backColumns: T;
}

/** The matrices for images of a size. @param radius Of the disc of frequencies that pass, its edge included. */
export function lowPassMatrices(rows: number, columns: number, radius: number): LowPass<Matrix> {
  const [alongRows, alongColumns] = [fourierBasis(rows, radius), fourierBasis(columns, radius)];
  const frequencies = basisFrequencies(radius);
  const isInside = (i: number, j: number) => Math.hypot(frequencies[i] as number, frequencies[j] as number) <= radius;
  return {
    alongColumns,
    alongRows,
    disc: matrix(frequencies.length, frequencies.length, (i, j) => Number(isInside(i, j))),
    backRows: transposed(alongRows),
    backColumns: transposed(alongColumns),
  };
}

/**
 * Records a low-pass filter of images: of each one's two-dimensional Fourier transform, what lies in a disc around zero.
 * Only those frequencies are ever computed, by four matmuls along an axis.
 *
 * @param args.x [..., rows, columns] f32, whatever its shape. @param args.out Another tensor of as many elements.
 * @param args.by Tensors of `lowPassMatrices`.
 */
export function lowPass(
  ops: OpContext,
  { x, out, by }: { readonly x: Tensor; readonly out: Tensor; readonly by: LowPass<Tensor> },
): void {
  const [count = 0, columns = 0] = by.alongColumns.shape;
  const [, rows = 0] = by.alongRows.shape;
  const images = elements(x.shape) / (rows * columns);
  const { recorder } = ops;
  const half = recorder.temporary('lowPass.columns', [images, rows, count]);
  const whole = recorder.temporary('lowPass.both', [images, count, count]);
  const back = recorder.temporary('lowPass.back', [images, rows, count]);
  axisMatmul(ops, { x, matrix: by.alongColumns, inner: 1, out: half });
  axisMatmul(ops, { x: half, matrix: by.alongRows, inner: count, gains: by.disc, out: whole });
  axisMatmul(ops, { x: whole, matrix: by.backRows, inner: count, out: back });
  axisMatmul(ops, { x: back, matrix: by.backColumns, inner: 1, out });
}
