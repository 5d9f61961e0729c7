/** Solves a symmetric positive definite system by elimination, which needs no pivoting for one. */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  for (const [i, pivot] of rows.entries()) {
    for (const [j, row] of rows.entries()) {
      if (i === j) continue;
      const factor = (row[i] as number) / (pivot[i] as number);
      for (const [k, value] of pivot.entries()) row[k] = (row[k] as number) - factor * value;
    }
  }
  return rows.map((row, i) => (row.at(-1) as number) / (row[i] as number));
}
