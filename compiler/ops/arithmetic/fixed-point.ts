/**
 * The integer arithmetic of TFLite's reference kernels (from gemmlowp): real factors as a 31-bit multiplier and a shift.
 * Everything is exact: 64-bit products are taken in two halves that a double holds.
 */

/** real = multiplier / 2^31 * 2^shift; multiplier in [2^30, 2^31), or 0 (the mean's: from 2^29). Positive shifts are to the left. */
export interface QuantizedMultiplier {
  readonly multiplier: number;
  /** -31 to 30 (the mean's down to -63). */
  readonly shift: number;
}

/** Scales are so far apart that int32 arithmetic cannot bridge them: the layer's quantisation is at fault. */
export class UnrepresentableFactor extends Error {
  constructor(readonly factor: number) {
    super(`no multiplier stands for ${factor}`);
    this.name = "UnrepresentableFactor";
  }
}

/**
 * TFLite's QuantizeMultiplier. Factors below 2^-32 become 0.
 * @throws UnrepresentableFactor for factors of 2^30 and above, which would shift every value out of int32
 */
export function quantizeMultiplier(real: number): QuantizedMultiplier {
  if (!(real >= 0 && real < 2 ** 30)) throw new UnrepresentableFactor(real);
  if (real === 0) return { multiplier: 0, shift: 0 };
  let { fraction, exponent } = splitExponent(real);
  let multiplier = Math.round(fraction * 2 ** 31);
  if (multiplier === 2 ** 31) {
    multiplier = 2 ** 30;
    exponent++;
  }
  return exponent < -31 ? { multiplier: 0, shift: 0 } : { multiplier, shift: exponent };
}

/** C's frexp: value = fraction * 2^exponent with fraction in [0.5, 1); value > 0. */
function splitExponent(value: number): { fraction: number; exponent: number } {
  let exponent = Math.floor(Math.log2(value)) + 1;
  // log2 may be off by one next to a power of two; in two steps, because 2^exponent alone may underflow.
  let fraction = value * 2 ** -Math.trunc(exponent / 2) * 2 ** -(exponent - Math.trunc(exponent / 2));
  while (fraction >= 1) {
    fraction /= 2;
    exponent++;
  }
  while (fraction < 0.5) {
    fraction *= 2;
    exponent--;
  }
  return { fraction, exponent };
}

/**
 * SaturatingRoundingDoublingHighMul: floor((a * b + 2^30) / 2^31), saturated; a half rounds up, as Arm's SQRDMULH.
 * Both are int32. With a = high * 2^16 + low, |high * b| and |low * b| stay below 2^48.
 */
export function roundingDoublingHighMultiply(a: number, b: number): number {
  const high = (a >> 16) * b;
  const low = (a & 0xffff) * b + 2 ** 30;
  const product = Math.floor((high + Math.floor(low / 2 ** 16)) / 2 ** 15);
  return product === 2 ** 31 ? 2 ** 31 - 1 : product;
}

/** RoundingDivideByPOT: x / 2^exponent, a half rounds away from zero. x is int32, 0 <= exponent <= 31. */
export function roundingDivideByPowerOfTwo(x: number, exponent: number): number {
  // Without a power of two in floating point: kernels prove their requantisation with millions of these.
  const mask = exponent === 31 ? 0x7fffffff : (1 << exponent) - 1;
  const threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}

/** SaturatingRoundingMultiplyByPOT to the left: x * 2^exponent within int32. */
export function saturatingShiftLeft(x: number, exponent: number): number {
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, x * 2 ** exponent));
}

/** MultiplyByQuantizedMultiplier with double rounding: x * real. x is int32; a left shift out of int32 wraps, as in TFLite. */
export function multiplyByQuantizedMultiplier(x: number, { multiplier, shift }: QuantizedMultiplier): number {
  if (shift > 0) return roundingDoublingHighMultiply(x << shift, multiplier);
  return roundingDivideByPowerOfTwo(roundingDoublingHighMultiply(x, multiplier), -shift);
}

/** C's round: to the nearest integer, a half away from zero. Exact below 2^52. */
export function roundHalfAway(x: number): number {
  const down = Math.floor(Math.abs(x));
  const rounded = Math.abs(x) - down >= 0.5 ? down + 1 : down;
  return x < 0 ? -rounded : rounded;
}

export function clamp(x: number, least: number, most: number): number {
  return x < least ? least : x > most ? most : x;
}
