/** The natural logarithm in fixed point, as TFLite's log softmax computes it. "Qi": an int32 with i bits above the point. */

import { reciprocalOfOnePlus, sumBits } from "./exponential.js";
import {
  roundingDivideByPowerOfTwo,
  roundingDoublingHighMultiply,
  saturatingShiftLeft,
} from "./fixed-point.js";

const multiply = roundingDoublingHighMultiply;

const q0 = (real: number) => Math.round(real * 2 ** 31);

/** Bits above the point of the result, and of sums on the way to it. */
const resultBits = 5;
const innerBits = resultBits + 1;

/** Bits of the result below a step of 1/16, the scale of log softmax. */
export const sixteenthBits = 31 - resultBits - 4;

const rootHalf = Math.SQRT1_2;
const fourthRootHalf = Math.sqrt(rootHalf);

const constants = {
  log2: q0(Math.LN2),
  rootHalf: q0(rootHalf),
  centre: q0(fourthRootHalf),
  numerator: q0(11 / 240 / fourthRootHalf),
  square: q0(1 / 20 / fourthRootHalf),
  offset: q0(2 * fourthRootHalf - 1 / fourthRootHalf),
  slope: q0(1 / 4 / fourthRootHalf),
};

/**
 * log(x) for x >= 1: Q12 to Q5. x = 2^power * r with r around 2^(-1/4); log(r / centre) is a quotient of polynomials in
 * r - centre.
 */
export function logarithm(x: number): number {
  const { power, rest } = splitPower(x);
  const { log2, centre, numerator, square, offset, slope } = constants;
  const middle = Math.floor((rest + centre + 1) / 2);
  const q = 2 * (rest - centre);
  const squared = multiply(q, q);
  const above = multiply(q, rest) + multiply(multiply(q, squared), numerator);
  const below = multiply(middle, offset + q + multiply(square, squared)) + multiply(slope, q);
  const ratio = multiply(roundingDivideByPowerOfTwo(above, innerBits), reciprocalOfOnePlus(below));
  return saturatingShiftLeft(multiply(power, log2) + ratio, 1);
}

/** x as a power of two, Q6, a quarter off a whole number, and the factor that remains, Q0: the nearest such power. */
function splitPower(x: number): { power: number; rest: number } {
  const zeros = Math.clz32(x);
  const quarter = 2 ** (31 - innerBits) / 4;
  const restA = saturatingShiftLeft(multiply(x << (zeros - 1), constants.rootHalf), 1);
  const powerA = (sumBits - zeros) * 2 ** (31 - innerBits) + quarter;
  const headroom = Math.clz32(multiply(x, constants.rootHalf)) - 1;
  const restB = saturatingShiftLeft(x, headroom);
  const powerB = (sumBits - headroom) * 2 ** (31 - innerBits) - quarter;
  return { power: Math.max(powerA, powerB), rest: Math.min(restA, restB) };
}
