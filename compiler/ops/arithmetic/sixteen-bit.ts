/**
 * The logistic function and the hyperbolic tangent of int16 in fixed point, as gemmlowp computes them for TFLite's LSTM: "Qi" is an
 * int16 with i bits above the point, value = raw / 2^(15 - i).
 */

import { clamp, roundingDivideByPowerOfTwo } from "./fixed-point.js";

/** 1 in Q0, as near as int16 comes to it. */
const one = 2 ** 15 - 1;

/** A real in [-1, 1) as Q0. */
const q0 = (real: number) => Math.min(one, Math.round(real * 2 ** 15));

/** A real in [-4, 4) as Q2. */
const q2 = (real: number) => Math.round(real * 2 ** 13);

/** a * b / 2^15, a half away from zero; both are never -2^15. */
function multiply(a: number, b: number): number {
  const product = a * b;
  return Math.trunc((product + (product >= 0 ? 2 ** 14 : 1 - 2 ** 14)) / 2 ** 15);
}

export function saturate16(x: number): number {
  return clamp(x, -(2 ** 15), one);
}

/** 1 / (1 + exp(-x)), Q3 to Q0. */
export function sigmoid16(x: number): number {
  if (x === 0) return 2 ** 14;
  const positive = saturate16(reciprocal(exponential(-Math.abs(x), 3)) * 2);
  return x > 0 ? positive : one - positive;
}

/** tanh(x), Q`integerBits` (0 to 6) to Q0. */
export function tanh16(x: number, integerBits: number): number {
  if (x === 0) return 0;
  // The same bits with one more above the point are 2 x.
  const positive = saturate16((reciprocal(exponential(-Math.abs(x), integerBits + 1)) - 2 ** 13) * 4);
  return x < 0 ? -positive : positive;
}

/** exp(a), Q`integerBits` < 0 to Q0: a Taylor series for the part in [-1/4, 0), times exp(-2^k) for each bit above. */
function exponential(a: number, integerBits: number): number {
  const fraction = 15 - integerBits;
  if (integerBits > 5 && a < -(32 * 2 ** fraction)) return 0;
  const quarter = 2 ** (fraction - 2);
  const part = (a & (quarter - 1)) - quarter;
  let result = nearZero(saturate16(part * 2 ** integerBits));
  const rest = part - a;
  for (let power = -2; power < Math.min(integerBits, 5); power++) {
    if (rest & (2 ** (fraction + power))) result = multiply(result, q0(Math.exp(-(2 ** power))));
  }
  return result;
}

/** exp(a) for a in [-1/4, 0), Q0 to Q0. */
function nearZero(a: number): number {
  const x = a + 2 ** 12;
  const x2 = multiply(x, x);
  const x3 = multiply(x2, x);
  const x4 = multiply(x2, x2);
  const third = multiply(roundingDivideByPowerOfTwo(x4, 2) + x3, q0(1 / 3));
  const series = x + roundingDivideByPowerOfTwo(third + x2, 1);
  const centre = q0(Math.exp(-1 / 8));
  return saturate16(centre + multiply(centre, series));
}

/** 2 / (1 + x) for x in [0, 1), Q0 to Q2: three Newton-Raphson steps on (1 + x) / 2. */
function reciprocal(x: number): number {
  const half = Math.trunc((x + one + 1) / 2);
  let estimate = q2(48 / 17) + multiply(half, q2(-32 / 17));
  for (let step = 0; step < 3; step++) {
    const error = 2 ** 13 - multiply(half, estimate);
    estimate += saturate16(multiply(estimate, error) * 4);
  }
  return estimate;
}
