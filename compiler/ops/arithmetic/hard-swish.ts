/** Hard swish in 16 bits, as TFLite computes it: x on nearly the output's scale, times (x + 3) / 6 as a fraction of 2^15. */

import type { Quantization } from "../../ir/graph.js";
import { clamp, quantizeMultiplier, roundingDivideByPowerOfTwo } from "./fixed-point.js";

const { fround } = Math;

/** Bits that |steps| <= 255 is shifted to the left by, to fill 16. */
const inputBits = 7;

/** From steps above the input's zero point to steps above the output's. */
export function hardSwishSteps(input: Quantization, output: Quantization): (steps: number) => number {
  const scale = fround(input.scale / 2 ** inputBits);
  const toOutput = shortMultiplier(fround(scale / output.scale));
  // 3 in reals is 2^15.
  const toFraction = shortMultiplier(fround(scale / fround(3 / 2 ** 15)));
  return (steps) => {
    const value = steps * 2 ** inputBits;
    const fraction = (scaleSaturating(value, toFraction) + 2 ** 15) >> 1;
    const product = Math.trunc((fraction * multiplyShort(value, toOutput.multiplier)) / 2 ** 15);
    return divide(product, -toOutput.shift);
  };
}

interface ShortMultiplier {
  /** 2^14 to 2^15 - 1. */
  readonly multiplier: number;
  readonly shift: number;
}

function shortMultiplier(real: number): ShortMultiplier {
  const { multiplier, shift } = quantizeMultiplier(real);
  return { multiplier: Math.min(2 ** 15 - 1, (multiplier + 2 ** 15) >>> 16), shift };
}

/** a * b / 2^15, rounded; both are int16. */
function multiplyShort(a: number, b: number): number {
  return (a * b + 2 ** 14) >> 15;
}

/** The scaled value within int16. All but one bit of a left shift come first, the last saturates after the product. */
function scaleSaturating(value: number, { multiplier, shift }: ShortMultiplier): number {
  if (shift <= 0) return divide(multiplyShort(value, multiplier), -shift);
  return saturate(2 * multiplyShort(saturate(value * 2 ** (shift - 1)), multiplier));
}

/**
 * value / 2^exponent, rounded. From an exponent of 16 on TFLite's mask of the remainder, an int16, is all ones, so that it
 * rounds to 1 and -1. Negative exponents of the output (its scale 128 times finer than the input's) it refuses.
 */
function divide(value: number, exponent: number): number {
  if (exponent >= 16) return value < 0 ? -1 : 1;
  return exponent >= 0 ? roundingDivideByPowerOfTwo(value, exponent) : value * 2 ** -exponent;
}

const saturate = (value: number) => clamp(value, -(2 ** 15), 2 ** 15 - 1);
