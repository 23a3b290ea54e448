/** 1 / sqrt(x) in fixed point, as gemmlowp's arithmetic gives it in TFLite. */

import {
  roundingDivideByPowerOfTwo,
  roundingDoublingHighMultiply,
  saturatingShiftLeft,
  type QuantizedMultiplier,
} from "./fixed-point.js";

const multiply = roundingDoublingHighMultiply;

/** 1 in Q3: 3 bits above the point. */
const one = 2 ** 28;

/**
 * 1 / sqrt(x) as a multiplier and a shift of at most 0. 0 counts as 1. x < 2^31.
 * x is brought to [2^27, 2^29) by a power of 4.
 */
export function inverseSquareRoot(x: number): QuantizedMultiplier {
  if (x <= 1) return { multiplier: 2 ** 31 - 1, shift: 0 };
  const pairs = inverseSquareRootPairs(x);
  const root = inverseSquareRootOf(pairs < 0 ? x >> 2 : x << (2 * pairs));
  return pairs > 11
    ? { multiplier: root << (pairs - 11), shift: 0 }
    : { multiplier: root, shift: pairs - 11 };
}

/** Pairs of bits that x > 1 is shifted to the left by: -1 to 13. */
function inverseSquareRootPairs(x: number): number {
  return ((Math.clz32(x) - 1) >> 1) - 1;
}

/** 1 / sqrt(x) in Q0 for x in [1/8, 1/2) of 2^30: five Newton-Raphson steps from 1, all in Q3, times sqrt(1/2). */
function inverseSquareRootOf(x: number): number {
  const value = x >> 1;
  const half = roundingDivideByPowerOfTwo(value, 1);
  let estimate = one;
  for (let step = 0; step < 5; step++) {
    const cube = saturatingShiftLeft(multiply(multiply(estimate, estimate), estimate), 6);
    estimate = saturatingShiftLeft(multiply(one * 1.5, estimate) - multiply(half, cube), 3);
  }
  return multiply(estimate, Math.round(Math.SQRT1_2 * 2 ** 31));
}
