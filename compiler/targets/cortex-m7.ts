/**
 * The Cortex-M7's instructions and the runtime functions of runtime-c/tsc_mcu.h, as the loop IR calls them.
 * Cycles: issue slots halved where the instruction pairs (shared model: dual issue, one MAC and one load a cycle).
 */

import type { Element } from "../ir/loop.js";
import { reciprocalOfOnePlus } from "../ops/arithmetic/exponential.js";
import type { Instruction, Memory, ParameterType } from "./instruction.js";

type Meaning = (...args: number[]) => number;

/** An instruction without side effects on int32 values. */
function pure(name: string, arity: number, cycles: number, meaning: Meaning, instructions = 1): Instruction {
  return {
    name,
    parameters: Array<ParameterType>(arity).fill("int32"),
    result: "int32",
    meaning: () => meaning,
    cycles,
    instructions,
  };
}

const low = (word: number): number => (word << 16) >> 16;
const high = (word: number): number => word >> 16;
const pack = (bottom: number, top: number): number => (bottom & 0xffff) | (top << 16);

/** Signed 32 x 32 -> 64, the high word; exact in doubles by splitting `b` into halves. */
function highWord(a: number, b: number, addend: number): number {
  const bottom = b & 0xffff;
  const top = b >> 16;
  // a * b = a * top * 2^16 + a * bottom; each partial product is below 2^48.
  const low48 = a * bottom + addend;
  return Math.floor((a * top + Math.floor(low48 / 65536)) / 65536) | 0;
}

/** acc + a.lo * b.lo + a.hi * b.hi, halves of 16 bits. */
export const smlad = pure("mcu_smlad", 3, 1, (a, b, acc) => (low(a) * low(b) + high(a) * high(b) + acc) | 0);
/** acc + a.lo * b.lo */
export const smlabb = pure("mcu_smlabb", 3, 1, (a, b, acc) => (low(a) * low(b) + acc) | 0);
/** acc + a.lo * b.hi */
export const smlabt = pure("mcu_smlabt", 3, 1, (a, b, acc) => (low(a) * high(b) + acc) | 0);
/** acc + a.hi * b.lo */
export const smlatb = pure("mcu_smlatb", 3, 1, (a, b, acc) => (high(a) * low(b) + acc) | 0);
/** acc + a.hi * b.hi */
export const smlatt = pure("mcu_smlatt", 3, 1, (a, b, acc) => (high(a) * high(b) + acc) | 0);
/** Bytes 0 and 2, sign-extended to halves. */
export const sxtb16 = pure("mcu_sxtb16", 1, 0.5, (word) => pack((word << 24) >> 24, (word << 8) >> 24));
/** Bytes 1 and 3, sign-extended to halves. */
export const sxtb16Ror8 = pure("mcu_sxtb16_ror8", 1, 0.5, (word) => pack((word << 16) >> 24, word >> 24));
/** acc + the dot product of four int8 each; the unpacking of a word is shared between the products it takes part in. */
export const dot4 = pure(
  "mcu_dot4",
  3,
  4,
  (a, b, acc) =>
    (acc +
      ((a << 24) >> 24) * ((b << 24) >> 24) +
      ((a << 16) >> 24) * ((b << 16) >> 24) +
      ((a << 8) >> 24) * ((b << 8) >> 24) +
      (a >> 24) * (b >> 24)) |
    0,
  4,
);
/** (a.lo, b.lo) */
export const pkhbt = pure("mcu_pkhbt", 2, 0.5, (a, b) => pack(a, low(b)));
/** (a.hi, b.hi) */
export const pkhtb = pure("mcu_pkhtb", 2, 0.5, (a, b) => pack(high(a), high(b)));
/** (a * b + 2^31) >> 32 */
export const smmulr = pure("mcu_smmulr", 2, 1, (a, b) => highWord(a, b, 0x80000000));
/** Saturation to int8. */
export const ssat8 = pure("mcu_ssat8", 1, 0.5, (value) => (value < -128 ? -128 : value > 127 ? 127 : value));
export const min = pure("mcu_min", 2, 1, (a, b) => (a < b ? a : b), 2);
export const max = pure("mcu_max", 2, 1, (a, b) => (a > b ? a : b), 2);

/** a * 2^shift with wrap-around, without C's undefined shift of negatives. 0 <= shift <= 31. */
export const shiftLeft = pure("mcu_shift_left", 2, 0.5, (a, shift) => a << shift);

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
  return shift === 0 ? a : Math.floor((a + (a >> 31) + 2 ** (shift - 1)) / 2 ** shift);
}

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
    return roundingShift(t, shift);
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

/** Softmax's 1 / sum: the reciprocal of a sum of Q12 exponentials, normalised to [1/2, 1] in Q0. 2^19 <= sum < 2^31. */
export const softmaxReciprocal = pure(
  "mcu_softmax_reciprocal",
  1,
  40,
  (sum) => reciprocalOfOnePlus(((sum << Math.clz32(sum)) >>> 0) - 2 ** 31),
  50,
);

/** Count of leading zeros; 32 for 0. */
export const clz = pure("mcu_clz", 1, 0.5, (value) => Math.clz32(value));

function reading(
  name: string,
  element: Element,
  meaning: (memory: Memory) => (address: number) => number,
): Instruction {
  return { name, parameters: [{ pointer: element }], result: "int32", meaning, cycles: 0.5, instructions: 1 };
}

/** Four int8 as one word; any alignment, words cost least. */
export const load4 = reading(
  "mcu_load4",
  "int8",
  (memory) => (address) => memory.view.getInt32(address, true),
);
/** Two int16 as one word, word-aligned. */
export const load2 = reading(
  "mcu_load2",
  "int16",
  (memory) => (address) => memory.view.getInt32(address, true),
);

/** Stores the four int8 of a word; any alignment. */
export const store4: Instruction = {
  name: "mcu_store4",
  parameters: [{ pointer: "int8", writable: true }, "int32"],
  meaning: (memory) => (address, word) => memory.view.setInt32(address, word, true),
  cycles: 1,
  instructions: 1,
};

/** Copies `count` bytes; the ranges do not overlap. */
export const copy: Instruction = {
  name: "mcu_copy",
  parameters: [{ pointer: "int8", writable: true }, { pointer: "int8" }, "int32"],
  meaning: (memory) => (to, from, count) => void memory.int8.copyWithin(to, from, from + count),
  cycles: 0.6,
  instructions: 10,
  perElement: 2,
};

/** Fills `count` bytes with `value`. */
export const fill: Instruction = {
  name: "mcu_fill",
  parameters: [{ pointer: "int8", writable: true }, "int32", "int32"],
  meaning: (memory) => (to, value, count) => void memory.int8.fill(value, to, to + count),
  cycles: 0.4,
  instructions: 10,
  perElement: 2,
};

/** Widens `count` int8 to int16. */
export const widen: Instruction = {
  name: "mcu_widen",
  parameters: [{ pointer: "int16", writable: true }, { pointer: "int8" }, "int32", "int32"],
  meaning: (memory) => (to, from, count, step) => {
    for (let i = 0; i < count; i++) memory.view.setInt16(to + 2 * i, memory.int8[from + step * i], true);
  },
  cycles: 2,
  instructions: 12,
  perElement: 2,
};

/** Fills `count` int16 with `value`. */
export const fill16: Instruction = {
  name: "mcu_fill16",
  parameters: [{ pointer: "int16", writable: true }, "int32", "int32"],
  meaning: (memory) => (to, value, count) => {
    for (let i = 0; i < count; i++) memory.view.setInt16(to + 2 * i, value, true);
  },
  cycles: 1,
  instructions: 10,
  perElement: 2,
};
