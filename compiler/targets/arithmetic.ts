/** The arithmetic of TFLite's reference kernels: the functions of runtime-c/tsc_mcu_arithmetic.h and tsc_mcu_quantize.h. */

import { sigmoid16 as logistic, tanh16 as tangent } from "../ops/arithmetic/sixteen-bit.js";
import { reciprocalOfOnePlus } from "../ops/arithmetic/exponential.js";
import { inverseSquareRoot as inverseSquareRootOf } from "../ops/arithmetic/inverse-square-root.js";
import { logarithm as logarithmOf } from "../ops/arithmetic/logarithm.js";
import type { Instruction } from "./instruction.js";
import { highWord, pure } from "./pure.js";

/** Rounded a * b / 2^31 (gemmlowp's SaturatingRoundingDoublingHighMul), ties away from zero as TFLite; saturates for both -2^31. */
export const srdhm = pure(
  "mcu_srdhm",
  2,
  2,
  (a, b) => {
    if (a === -0x80000000 && b === -0x80000000) return 0x7fffffff;
    return doublingHigh(a, b);
  },
  4,
);

/** floor((a * b + 2^30) / 2^31): gemmlowp's nudge and truncation come to the same, ties towards +infinity. */
function doublingHigh(a: number, b: number): number {
  const bottom = b & 0xffff;
  const top = b >> 16;
  const low48 = a * bottom + 0x40000000;
  return Math.floor((a * top + Math.floor(low48 / 65536)) / 32768) | 0;
}

/** a / 2^shift rounded to nearest, ties away from zero (gemmlowp's RoundingDivideByPOT). 0 <= shift <= 62. */
function roundingShift(a: number, shift: number): number {
  return shift === 0 ? a : Math.floor((a + (a >> 31) + powers[shift - 1]) / powers[shift]);
}

/** Looked up, because `2 ** n` is a call of a library function. */
const powers = Array.from({ length: 63 }, (_, n) => 2 ** n);

export const roundingShiftRight = pure("mcu_rounding_shift_right", 2, 2, roundingShift, 5);

/**
 * TFLite's MultiplyByQuantizedMultiplier in its general form: any multiplier, shift -31 (right) to 30 (left).
 * The left shift of the accumulator wraps, as the reference's does.
 */
export const requantize = pure(
  "mcu_requantize",
  3,
  6,
  (acc, multiplier, shift) => {
    const left = shift > 0 ? shift : 0;
    const value = acc << left;
    const high31 =
      value === -0x80000000 && multiplier === -0x80000000 ? 0x7fffffff : doublingHigh(value, multiplier);
    return roundingShift(high31, shift > 0 ? 0 : -shift);
  },
  10,
);

/**
 * The same for right shifts of 1 to 31 and |acc| < 2^30, in five instructions: SMMULR of the doubled accumulator, then
 * (t + (t >> 31) + 2^(shift - 1)) >> shift.
 */
export const requantizeRight = pure(
  "mcu_requantize_right",
  3,
  3,
  (acc, multiplier, shift) => {
    const t = highWord(acc * 2, multiplier, 0x80000000);
    // |t| < 2^30: the sum stays within int32.
    return (t + (t >> 31) + (1 << (shift - 1))) >> shift;
  },
  6,
);

/**
 * (acc * multiplier + 2^(shift - 1)) >> shift in 64 bits, shift 1 to 62, multiplier >= 0: one rounding, ties towards +infinity.
 * The compiler has proved for every possible result that it equals TFLite's rounding of the double product.
 */
export const requantizeOnce = pure(
  "mcu_requantize_once",
  3,
  4,
  (acc, multiplier, shift) => {
    if (shift < 17)
      return Number((BigInt(acc) * BigInt(multiplier) + (1n << BigInt(shift - 1))) >> BigInt(shift)) | 0;
    // acc * multiplier + 2^(shift-1) in units of 2^16; every term is an integer below 2^47.
    const units =
      (acc >> 16) * multiplier + 2 ** (shift - 17) + Math.floor(((acc & 0xffff) * multiplier) / 65536);
    return Math.floor(units / 2 ** (shift - 16)) | 0;
  },
  6,
);

/** acc * factor in double, rounded half away from zero and limited to [-512, 512]: the fallback where no integer form is exact. */
export const requantizeDouble: Instruction = {
  name: "mcu_requantize_double",
  parameters: ["int32", "float64"],
  result: "int32",
  meaning: () => (acc, factor) => {
    const value = acc * factor;
    return value > 512 ? 512 : value < -512 ? -512 : Math.trunc(value + (value < 0 ? -0.5 : 0.5));
  },
  cycles: 120,
  instructions: 12,
};

/** Real to int8: round half away from zero of value / scale in float32, plus the zero point, limited to int8. */
export const quantizeFloat: Instruction = {
  name: "mcu_quantize",
  parameters: ["float32", "float32", "int32"],
  result: "int32",
  meaning: () => (value, scale, zeroPoint) => {
    const steps = Math.fround(value / scale);
    const rounded = steps < 0 ? -Math.floor(-steps + 0.5) : Math.floor(steps + 0.5);
    // NaN fails both comparisons of the C code too, and becomes the smallest value.
    const limited =
      rounded > -256 - zeroPoint ? (rounded < 256 - zeroPoint ? rounded : 256 - zeroPoint) : -256 - zeroPoint;
    const q = limited + zeroPoint;
    return q > 127 ? 127 : q < -128 ? -128 : q;
  },
  cycles: 24,
  instructions: 12,
};

/**
 * `count` reals to int8, as `quantizeFloat`: times the reciprocal of the scale (high + low) where the core rounds so, else
 * divided by the scale. The compiler has proved that both are equal.
 */
export const quantizeFloats: Instruction = {
  name: "mcu_quantize_floats",
  parameters: [
    { pointer: "int8", writable: true },
    { pointer: "float32" },
    "int32",
    "float32",
    "float32",
    "float32",
    "int32",
  ],
  meaning: (memory) => {
    const one = quantizeFloat.meaning(memory) as (value: number, scale: number, zeroPoint: number) => number;
    return (to, from, count, scale, _high, _low, zeroPoint) => {
      for (let i = 0; i < count; i++)
        memory.int8[to + i] = one(memory.view.getFloat32(from + 4 * i, true), scale, zeroPoint);
    };
  },
  cycles: 5.5,
  instructions: 90,
  perElement: 2,
};

/** Softmax's 1 / sum: the reciprocal of a sum of Q12 exponentials, normalised to [1/2, 1] in Q0. 2^19 <= sum < 2^31. */
export const softmaxReciprocal = pure(
  "mcu_softmax_reciprocal",
  1,
  80,
  (sum) => reciprocalOfOnePlus(((sum << Math.clz32(sum)) >>> 0) - 2 ** 31),
  50,
);

/** Log softmax's logarithm of a sum of Q12 exponentials, in Q5. 2^19 <= sum < 2^31. */
export const logarithm = pure("mcu_logarithm", 1, 80, logarithmOf, 110);

/** The multiplier of 1 / sqrt(x), 0 <= x < 2^31; its shift follows from the leading zeros. */
export const inverseSquareRoot = pure(
  "mcu_inverse_square_root",
  1,
  130,
  (x) => inverseSquareRootOf(x).multiplier,
  50,
);

/** The logistic function of int16 in steps of 2^-12, in steps of 2^-15. */
export const sigmoid16 = pure("mcu_sigmoid16", 1, 190, logistic, 110);
/** The hyperbolic tangent of int16 with so many bits (0 to 6) above the point, in steps of 2^-15. */
export const tanh16 = pure("mcu_tanh16", 2, 190, tangent, 110);
