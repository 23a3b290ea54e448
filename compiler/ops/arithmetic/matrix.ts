/** Matrix times vector in reals: what convolution and dense layers spend their time with during calibration. */

/**
 * out[first + r] = bias[r] + sum over c of matrix[r, c] * x[from + c]. Sums are kept in double.
 * Four rows at a time: one sum alone would wait for each addition before the next.
 * @param matrix [bias.length, columns], in C order
 */
export function multiplyMatrix(
  matrix: Float32Array,
  bias: Float32Array,
  x: Float32Array,
  from: number,
  out: Float32Array,
  first: number,
): void {
  const rows = bias.length;
  const columns = matrix.length / rows;
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    const at = row * columns;
    let sum0 = bias[row];
    let sum1 = bias[row + 1];
    let sum2 = bias[row + 2];
    let sum3 = bias[row + 3];
    for (let column = 0; column < columns; column++) {
      const value = x[from + column];
      sum0 += value * matrix[at + column];
      sum1 += value * matrix[at + columns + column];
      sum2 += value * matrix[at + 2 * columns + column];
      sum3 += value * matrix[at + 3 * columns + column];
    }
    out[first + row] = sum0;
    out[first + row + 1] = sum1;
    out[first + row + 2] = sum2;
    out[first + row + 3] = sum3;
  }
  for (; row < rows; row++) {
    let sum = bias[row];
    for (let column = 0; column < columns; column++) sum += x[from + column] * matrix[row * columns + column];
    out[first + row] = sum;
  }
}
