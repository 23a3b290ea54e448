/** The entries of TFLite's tables of functions. */

import type { Quantization } from "../../ir/graph.js";
import { roundHalfAway } from "./fixed-point.js";

const { fround } = Math;

/**
 * From steps above the input's zero point to steps above the output's: the function of the real value, times the reciprocal
 * of the scale, all in float32. Math.tanh and its like, rounded, are nearer to the real value than a C library's float functions:
 * measured against TFLite with glibc 2.36, one entry of 10^6 differs for tanh, by a step, and none for exp and erfc.
 */
export function lookup(
  real: (x: number) => number,
  input: Quantization,
  output: Quantization,
): (steps: number) => number {
  const reciprocal = fround(1 / output.scale);
  return (steps) => roundHalfAway(fround(fround(real(fround(input.scale * steps))) * reciprocal));
}
