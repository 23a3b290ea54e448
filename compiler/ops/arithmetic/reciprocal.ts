/** Quantisation of reals without a division: times the reciprocal of the scale, in two parts, where every result is the same. */

import type { Quantization } from "../../ir/graph.js";
import { roundHalfAway } from "./fixed-point.js";

/** 1 / scale = high + low, both float32 and above 0: x * high + x * low of an infinite x is infinite. */
export interface Reciprocal {
  readonly high: number;
  readonly low: number;
}

const { fround } = Math;

/**
 * The reciprocal with which round(fma(x, high, x * low)) is round(x / scale), all in float32 and a half away from zero, where
 * the result is limited to int8: both are monotone, so that they are equal if every one of the 255 steps between results is
 * at the same float. undefined where one is not.
 */
export function exactReciprocal({ scale, zeroPoint }: Quantization): Reciprocal | undefined {
  // Elsewhere the parts, or their products with what makes a step, come near the ends of float32's exponents.
  if (!(scale > 2 ** -60 && scale < 2 ** 60)) return undefined;
  const nearest = fround(1 / scale);
  // Products of two float32 are exact in double, and so is the difference of two numbers that are almost equal.
  const high = nearest * scale > 1 ? neighbour(nearest, -1) : nearest;
  const low = fround((1 - high * scale) / scale) || high * 2 ** -40;
  const divided = (x: number) => roundHalfAway(fround(x / scale));
  const multiplied = (x: number) => roundHalfAway(fusedMultiplyAdd(x, high, fround(x * low)));
  for (let result = -127 - zeroPoint; result <= 127 - zeroPoint; result++) {
    const step = firstAtLeast(divided, result, fround((result - 0.5) * scale));
    if (multiplied(step) < result || multiplied(neighbour(step, -1)) >= result) return undefined;
  }
  return { high, low };
}

/** The smallest float whose result is `result` or more: a few floats from `near`, which is not 0. */
function firstAtLeast(of: (x: number) => number, result: number, near: number): number {
  let x = near;
  while (of(x) < result) x = neighbour(x, 1);
  while (of(neighbour(x, -1)) >= result) x = neighbour(x, -1);
  return x;
}

const bits = new DataView(new ArrayBuffer(8));

/** The next float32 above or below a normal one. */
function neighbour(x: number, direction: 1 | -1): number {
  bits.setFloat32(0, x);
  bits.setInt32(0, bits.getInt32(0) + (x > 0 ? direction : -direction));
  return bits.getFloat32(0);
}

/**
 * a * b + c of float32, rounded once: the product is exact in double, the sum is rounded to odd there, after which a second
 * rounding does no harm (Boldo and Melquiond, "Emulation of FMA and Correctly Rounded Sums", IEEE Trans. Computers 57, 2008).
 */
function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const part = sum - product;
  const error = product - (sum - part) + (c - part);
  if (error === 0) return fround(sum);
  bits.setFloat64(0, sum);
  const word = bits.getBigInt64(0);
  if ((word & 1n) === 0n) bits.setBigInt64(0, word + (error > 0 === sum > 0 ? 1n : -1n));
  return fround(bits.getFloat64(0));
}
