/** Operators that take dimensions away. */

import type * as S from "../signatures.js";
import type { Tensor } from "../tensor.js";
import { record, type Out } from "./record.js";

/** Mean over `axes`, counted without the batch: `mean(x, { axes: [0, 1] })` takes [height, width, channels] to [channels]. */
export function mean(x: Tensor, options: S.MeanOptions): Out {
  return record("mean", [x], options);
}

/** The largest element over `axes`, counted without the batch; the result has the input's quantisation. */
export function reduceMax(x: Tensor, options: S.ReduceOptions): Out {
  return record("reduceMax", [x], options);
}

/** The smallest element over `axes`, counted without the batch; the result has the input's quantisation. */
export function reduceMin(x: Tensor, options: S.ReduceOptions): Out {
  return record("reduceMin", [x], options);
}

/** Index of the largest element along `axis` (default: the last), the first one of equals: [.., classes] -> [..], int32 or int64. */
export function argMax<Type extends "int32" | "int64" = "int32">(
  x: Tensor,
  options: S.ArgOptions<Type> = {},
): Out<any, Type> {
  return record("argMax", [x], options);
}

/** Index of the smallest element along `axis` (default: the last), the first one of equals: [.., classes] -> [..], int32 or int64. */
export function argMin<Type extends "int32" | "int64" = "int32">(
  x: Tensor,
  options: S.ArgOptions<Type> = {},
): Out<any, Type> {
  return record("argMin", [x], options);
}
