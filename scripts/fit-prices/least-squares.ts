/** Linear least squares of relative errors, of a few unknowns. */

/** Keeps coefficients of counts that say the same, or nothing, small. */
const RIDGE = 1e-7;

/**
 * Coefficients x for which rows[i] . x is near targets[i], in proportion.
 * @param rows of equal length; targets above 0
 */
export function fitRelative(rows: readonly (readonly number[])[], targets: readonly number[]): number[] {
  const size = rows[0].length;
  const scaled = rows.map((row, i) => row.map((one) => one / targets[i]));
  const norms = Array.from({ length: size }, (_, k) => Math.hypot(...scaled.map((row) => row[k])) || 1);
  const matrix = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, k) => {
      const sum = scaled.reduce((all, row) => all + (row[i] / norms[i]) * (row[k] / norms[k]), 0);
      return i === k ? sum + RIDGE : sum;
    }),
  );
  const right = Array.from({ length: size }, (_, i) =>
    scaled.reduce((all, row) => all + row[i] / norms[i], 0),
  );
  return solve(matrix, right).map((one, i) => one / norms[i]);
}

/** Gauss with pivots, for a positive definite matrix. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const size = rows.length;
  for (let k = 0; k < size; k++) {
    let best = k;
    for (let i = k + 1; i < size; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[best][k])) best = i;
    [rows[k], rows[best]] = [rows[best], rows[k]];
    for (let i = k + 1; i < size; i++) {
      const factor = rows[i][k] / rows[k][k];
      if (factor === 0) continue;
      for (let j = k; j <= size; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  const solution = Array<number>(size).fill(0);
  for (let k = size - 1; k >= 0; k--) {
    let sum = rows[k][size];
    for (let j = k + 1; j < size; j++) sum -= rows[k][j] * solution[j];
    solution[k] = sum / rows[k][k];
  }
  return solution;
}
