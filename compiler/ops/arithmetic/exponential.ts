/**
 * Softmax in fixed point, as gemmlowp computes it: "Qi" is an int32 with i bits above the point, value = raw / 2^(31 - i).
 */

import type { Quantization } from "../../ir/graph.js";
import {
  clamp,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  roundingDivideByPowerOfTwo,
  roundingDoublingHighMultiply,
  saturatingShiftLeft,
  type QuantizedMultiplier,
} from "./fixed-point.js";

/** Differences to the maximum are Q5: exp(-32) is 0 for int8. */
const differenceBits = 5;

/** Sums of exponentials are Q12: at most 4095 of them. */
export const sumBits = 12;

/** 1 in Q0, as near as int32 comes to it. */
const one = 2 ** 31 - 1;

/** A real in [-1, 1) as Q0. */
const q0 = (real: number) => Math.min(one, Math.round(real * 2 ** 31));

const multiply = roundingDoublingHighMultiply;

export interface SoftmaxParameters extends QuantizedMultiplier {
  /** Differences below it count as minus infinity. */
  readonly least: number;
}

/** The factor from (q - maximum) to Q5, and the least difference that Q5 holds. */
export function softmaxParameters(input: Quantization, beta: number): SoftmaxParameters {
  const real = Math.fround(beta) * Math.fround(input.scale) * 2 ** (31 - differenceBits);
  const { multiplier, shift } = quantizeMultiplier(Math.min(real, one));
  const radius = Math.floor(((2 ** differenceBits - 1) * 2 ** (31 - differenceBits)) / 2 ** shift);
  return { multiplier, shift, least: -radius };
}

/** exp(scale * beta * -d) in Q0 for every difference d = 0 … 255 between the maximum and a value; 0 where it is too small. */
export function exponentials(input: Quantization, beta: number): Int32Array {
  const parameters = softmaxParameters(input, beta);
  return Int32Array.from({ length: 256 }, (_, difference) => {
    if (-difference < parameters.least) return 0;
    return exponential(multiplyByQuantizedMultiplier(-difference, parameters));
  });
}

/** Far enough below 0 in Q5 that log softmax gives the least int8, which is about -16, and far enough above the least int32. */
export const farBelow = -20 * 2 ** (31 - differenceBits);

/** scale * -d in Q5 for every difference d = 0 … 255 between the maximum and a value, no less than `farBelow`. */
export function scaledDifferences(input: Quantization): Int32Array {
  const parameters = softmaxParameters(input, 1);
  return Int32Array.from({ length: 256 }, (_, difference) => {
    if (-difference < parameters.least) return farBelow;
    return Math.max(farBelow, multiplyByQuantizedMultiplier(-difference, parameters));
  });
}

/** exp(a), Q5 <= 0 to Q0: by the Taylor series around -1/8 for the part in [-1/4, 0), times exp(-2^k) for each bit above. */
export function exponential(a: number): number {
  if (a === 0) return one;
  const quarter = 2 ** (31 - differenceBits - 2);
  const part = (a & (quarter - 1)) - quarter;
  let result = nearZero(saturatingShiftLeft(part, differenceBits));
  const rest = part - a;
  for (let power = -2; power < differenceBits; power++) {
    if (rest & (2 ** (31 - differenceBits + power))) result = multiply(result, q0(Math.exp(-(2 ** power))));
  }
  return result;
}

/** exp(a) for a in [-1/4, 0), Q0 to Q0. */
function nearZero(a: number): number {
  const x = a + 2 ** 28;
  const x2 = multiply(x, x);
  const x3 = multiply(x2, x);
  const x4 = multiply(x2, x2);
  const third = multiply(roundingDivideByPowerOfTwo(x4, 2) + x3, q0(1 / 3));
  const series = x + roundingDivideByPowerOfTwo(third + x2, 1);
  const centre = q0(Math.exp(-1 / 8));
  return centre + multiply(centre, series);
}

/** A Q0 exponential as a Q12 summand. */
export function shareOf(power: number): number {
  return roundingDivideByPowerOfTwo(power, sumBits);
}

/**
 * The int8 result (scale 1/256, zero point -128) of a Q0 exponential, given the Q12 sum of all, which is at least
 * the maximum's own 2^19. Where the sum is 512 or more every result is below half a step: 0. (There TFLite shifts an
 * int32 by more than 31, which C leaves undefined.)
 */
export function scaleByReciprocal(sum: number): (power: number) => number {
  const zeros = Math.clz32(sum);
  const reciprocal = reciprocalOfOnePlus((sum << zeros) & one);
  const shift = sumBits - zeros + 31 - 8;
  if (shift > 31) return () => -128;
  return (power) => clamp(roundingDivideByPowerOfTwo(multiply(reciprocal, power), shift) - 128, -128, 127);
}

/** 1 / (1 + x) for x in [0, 1), Q0 to Q0: three Newton-Raphson steps on (1 + x) / 2, in Q2. */
export function reciprocalOfOnePlus(x: number): number {
  const half = Math.floor((x + one + 1) / 2);
  let estimate = q2(48 / 17) + multiply(half, q2(-32 / 17));
  for (let step = 0; step < 3; step++) {
    const error = 2 ** 29 - multiply(half, estimate);
    estimate += saturatingShiftLeft(multiply(estimate, error), 2);
  }
  return saturatingShiftLeft(estimate, 1);
}

/** A real in [-4, 4) as Q2. */
function q2(real: number): number {
  return Math.round(real * 2 ** 29);
}
