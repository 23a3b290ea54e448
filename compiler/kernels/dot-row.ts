/** What recurrent layers compute with: one row of int8 weights at a time, and int16 results. */

import { type Block, type Expr, type Pointer, type Variable } from "../ir/loop.js";
import type { QuantizedMultiplier } from "../ops/arithmetic/fixed-point.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";

/**
 * start + the dot product of `depth` int8 from `x` and from `w` on, as a variable called `name`. The zero point of x is in
 * `start`; no partial sum leaves int32.
 */
export function dotRow(
  block: Block,
  name: string,
  x: Pointer,
  w: Pointer,
  depth: number,
  start: Expr,
): Variable {
  const sum = block.variable(name, start);
  const whole = depth - (depth % 4);
  block.for("k", 0, whole, 4, (k, body) =>
    body.set(sum, call(m7.dot4, call(m7.load4, x.plus(k)), call(m7.load4, w.plus(k)), sum)),
  );
  for (let k = whole; k < depth; k++) block.set(sum, sum.plus(x.at(k).times(w.at(k))));
  return sum;
}

/** The accumulator times a constant factor, with TFLite's two roundings. @param bound of |accumulator| */
export function scaled(accumulator: Expr, { multiplier, shift }: QuantizedMultiplier, bound: number): Expr {
  const right = shift <= -1 && bound < 2 ** 30;
  return right
    ? call(m7.requantizeRight, accumulator, multiplier, -shift)
    : call(m7.requantize, accumulator, multiplier, shift);
}
