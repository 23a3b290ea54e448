/** Packed and widening arithmetic of the DSP extension: each is one instruction, with the name Arm gives it. */

import { highWord, pure, single } from "./pure.js";

const low = (word: number): number => (word << 16) >> 16;
const high = (word: number): number => word >> 16;
const pack = (bottom: number, top: number): number => (bottom & 0xffff) | (top << 16);
/** Bytes 0 and 2, sign-extended to halves. */
const halves = (word: number): number => pack((word << 24) >> 24, (word << 8) >> 24);

/** acc + a.lo * b.lo + a.hi * b.hi, halves of 16 bits. */
export const smlad = single(
  "mcu_smlad",
  3,
  "smlad %0, %1, %2, %3",
  "multiply-accumulate",
  (a, b, acc) => (low(a) * low(b) + high(a) * high(b) + acc) | 0,
);
/** acc + a.lo * b.lo */
export const smlabb = single(
  "mcu_smlabb",
  3,
  "smlabb %0, %1, %2, %3",
  "multiply-accumulate",
  (a, b, acc) => (low(a) * low(b) + acc) | 0,
);
/** acc + a.lo * b.hi */
export const smlabt = single(
  "mcu_smlabt",
  3,
  "smlabt %0, %1, %2, %3",
  "multiply-accumulate",
  (a, b, acc) => (low(a) * high(b) + acc) | 0,
);
/** acc + a.hi * b.lo */
export const smlatb = single(
  "mcu_smlatb",
  3,
  "smlatb %0, %1, %2, %3",
  "multiply-accumulate",
  (a, b, acc) => (high(a) * low(b) + acc) | 0,
);
/** acc + a.hi * b.hi */
export const smlatt = single(
  "mcu_smlatt",
  3,
  "smlatt %0, %1, %2, %3",
  "multiply-accumulate",
  (a, b, acc) => (high(a) * high(b) + acc) | 0,
);
/** acc + floor(a * b.lo / 2^16): 32 by 16 bits. */
export const smlawb = single(
  "mcu_smlawb",
  3,
  "smlawb %0, %1, %2, %3",
  "multiply-accumulate",
  (a, b, acc) => (Math.floor((a * low(b)) / 65536) + acc) | 0,
);
/** acc + floor(a * b.hi / 2^16) */
export const smlawt = single(
  "mcu_smlawt",
  3,
  "smlawt %0, %1, %2, %3",
  "multiply-accumulate",
  (a, b, acc) => (Math.floor((a * high(b)) / 65536) + acc) | 0,
);
/** a.lo * b.lo + a.hi * b.hi */
export const smuad = single(
  "mcu_smuad",
  2,
  "smuad %0, %1, %2",
  "multiply",
  (a, b) => (low(a) * low(b) + high(a) * high(b)) | 0,
);
/** a * b + acc */
export const mla = single(
  "mcu_mla",
  3,
  "mla %0, %1, %2, %3",
  "multiply-accumulate",
  (a, b, acc) => (Math.imul(a, b) + acc) | 0,
);
/** floor((acc * 2^32 + a * b) / 2^32) */
export const smmla = single(
  "mcu_smmla",
  3,
  "smmla %0, %1, %2, %3",
  "multiply-accumulate",
  (a, b, acc) => (highWord(a, b, 0) + acc) | 0,
);
/** The same with 2^31 added before the high word is taken. */
export const smmlar = single(
  "mcu_smmlar",
  3,
  "smmlar %0, %1, %2, %3",
  "multiply-accumulate",
  (a, b, acc) => (highWord(a, b, 0x80000000) + acc) | 0,
);
/** The rounded high word of the product. */
export const smmulr = single("mcu_smmulr", 2, "smmulr %0, %1, %2", "multiply", (a, b) =>
  highWord(a, b, 0x80000000),
);
/** Bytes 0 and 2 sign-extended to halves. */
export const sxtb16 = single("mcu_sxtb16", 1, "sxtb16 %0, %1", "extend", halves);
/** Bytes 1 and 3 sign-extended to halves. */
export const sxtb16Ror8 = single("mcu_sxtb16_ror8", 1, "sxtb16 %0, %1, ror #8", "extend", (word) =>
  halves(word >> 8),
);
/** Halves of acc plus bytes 0 and 2 of the word, sign-extended. */
export const sxtab16 = single("mcu_sxtab16", 2, "sxtab16 %0, %1, %2", "extend-add", (acc, word) =>
  pack(acc + halves(word), high(acc) + high(halves(word))),
);
/** Halves of acc plus bytes 1 and 3 of the word, sign-extended. */
export const sxtab16Ror8 = single(
  "mcu_sxtab16_ror8",
  2,
  "sxtab16 %0, %1, %2, ror #8",
  "extend-add",
  (acc, word) => pack(acc + halves(word >> 8), high(acc) + high(halves(word >> 8))),
);
/** Differences of halves; they wrap. */
export const ssub16 = single("mcu_ssub16", 2, "ssub16 %0, %1, %2", "parallel", (a, b) =>
  pack(a - b, high(a) - high(b)),
);
/** Sums of halves; they wrap. */
export const sadd16 = single("mcu_sadd16", 2, "sadd16 %0, %1, %2", "parallel", (a, b) =>
  pack(a + b, high(a) + high(b)),
);
/** The larger ones of four int8 each: SSUB8 and SEL. */
export const max4 = pure(
  "mcu_max4",
  2,
  1.5,
  (a, b) => larger(a, b, 0) | larger(a, b, 8) | larger(a, b, 16) | larger(a, b, 24),
  2,
);
/** The larger one of the bytes at that bit, in its place. */
function larger(a: number, b: number, bit: number): number {
  const [left, right] = [(a << (24 - bit)) >> 24, (b << (24 - bit)) >> 24];
  return ((left > right ? left : right) & 255) << bit;
}
/** The bottom halves of both: PKHBT. */
export const pack16 = single("mcu_pack16", 2, "pkhbt %0, %1, %2, lsl #16", "pack", pack);
/** The top halves of both: the first one's goes to the bottom. PKHTB. */
export const packTop16 = single("mcu_pack_top16", 2, "pkhtb %0, %2, %1, asr #16", "pack", (bottom, top) =>
  pack(high(bottom), high(top)),
);
/** Saturation to int8. In scheduled code its argument may be shifted right: `ssat8(x >> 9)` is one instruction. */
export const ssat8 = single("mcu_ssat8", 1, "ssat %0, #8, %1", "saturate", (value) =>
  value < -128 ? -128 : value > 127 ? 127 : value,
);
/** Saturation to 0 .. 255; the argument may be shifted like that of `ssat8`. */
export const usat8 = single("mcu_usat8", 1, "usat %0, #8, %1", "saturate", (value) =>
  value < 0 ? 0 : value > 255 ? 255 : value,
);
/** value * 2^shift, 0 <= shift <= 31; wraps. The shift is a constant in scheduled code. */
export const shiftLeft = single(
  "mcu_shift_left",
  2,
  "lsl %0, %1, %2",
  "shift",
  (value, shift) => value << shift,
);
/** a + b; wraps. The second operand may be shifted in scheduled code. */
export const addWrapping = single("mcu_add_wrapping", 2, "add %0, %1, %2", "alu", (a, b) => (a + b) | 0);
