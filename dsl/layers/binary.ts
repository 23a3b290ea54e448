/**
 * Operators on two tensors. Element by element, sizes of 1 and missing leading dimensions repeat, as in NumPy: [height, width, channels]
 * goes with [channels], [1, 1, channels], [height, width, 1] and single numbers. Either operand may be a `constant`.
 */

import type * as S from "../signatures.js";
import type { Tensor } from "../tensor.js";
import { record, type Out } from "./record.js";

/** Ranks up to each rank. */
interface UpTo {
  readonly 0: 0;
  readonly 1: 0 | 1;
  readonly 2: 0 | 1 | 2;
  readonly 3: 0 | 1 | 2 | 3;
  readonly 4: 0 | 1 | 2 | 3 | 4;
  readonly 5: 0 | 1 | 2 | 3 | 4 | 5;
  readonly 6: 0 | 1 | 2 | 3 | 4 | 5 | 6;
}

/** The larger rank; any where one of them is. */
type Larger<A extends number, B extends number> = 0 extends 1 & (A | B)
  ? any
  : B extends keyof UpTo
    ? A extends UpTo[B]
      ? B
      : A
    : any;

/** a + b: a residual connection, or an offset. Real values are added, whatever the quantisation of the operands. */
export function add<A extends number, B extends number>(
  a: Tensor<A>,
  b: Tensor<B>,
  options: S.AddOptions = {},
): Out<Larger<A, B>> {
  return record("add", [a, b], options);
}

/** a - b. */
export function subtract<A extends number, B extends number>(
  a: Tensor<A>,
  b: Tensor<B>,
  options: S.SubtractOptions = {},
): Out<Larger<A, B>> {
  return record("subtract", [a, b], options);
}

/** a * b, element by element: a gate (squeeze and excite), or a factor. `multiply(x, x)` squares. */
export function multiply<A extends number, B extends number>(
  a: Tensor<A>,
  b: Tensor<B>,
  options: S.MultiplyOptions = {},
): Out<Larger<A, B>> {
  return record("multiply", [a, b], options);
}

/** The larger of a and b. Operands of another quantisation than the result's are requantised first. */
export function maximum<A extends number, B extends number>(
  a: Tensor<A>,
  b: Tensor<B>,
  options: S.CommonOptions = {},
): Out<Larger<A, B>> {
  return record("maximum", [a, b], options);
}

/** The smaller of a and b. Operands of another quantisation than the result's are requantised first. */
export function minimum<A extends number, B extends number>(
  a: Tensor<A>,
  b: Tensor<B>,
  options: S.CommonOptions = {},
): Out<Larger<A, B>> {
  return record("minimum", [a, b], options);
}

/** (a - b)^2. */
export function squaredDifference<A extends number, B extends number>(
  a: Tensor<A>,
  b: Tensor<B>,
  options: S.CommonOptions = {},
): Out<Larger<A, B>> {
  return record("squaredDifference", [a, b], options);
}

/**
 * Products of matrices, [.., rows, depth] x [.., depth, columns] -> [.., rows, columns]; the dimensions before the last two repeat
 * where they are 1 or missing. `transposeA`: a is [.., depth, rows]; `transposeB`: b is [.., columns, depth].
 * Weights belong in `dense`, which has a scale for every output.
 */
export function matmul<A extends number, B extends number>(
  a: Tensor<A>,
  b: Tensor<B>,
  options: S.MatmulOptions = {},
): Out<Larger<A, B>> {
  return record("matmul", [a, b], options);
}
