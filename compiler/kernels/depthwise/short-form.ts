/**
 * The shortest requantisation: sums of weights that were multiplied by a power of two of their channel, so that one layer-wide shift
 * serves all channels. Two ways to constants for which it is exact.
 */

import type { QuantizedMultiplier } from "../../ops/arithmetic/fixed-point.js";
import type { OutputRange } from "../requantization.js";
import { affineOf, roundingConstant } from "../scaling/affine.js";
import type { ChannelScale } from "../scaling/steps.js";
import type { Accumulators } from "../weight-rows.js";
import { PACKED_SCALE } from "./filters.js";

export interface Sums {
  /** What tells the layer from others: its scales are computed once. */
  readonly key: object;
  /** [channel][tap] */
  readonly weights: Int8Array;
  readonly taps: number;
  /** Of a channel. */
  readonly results: number;
  /** With plain values of int8. */
  readonly sums: Accumulators;
  /** Where sums begin with the values of the lines. */
  readonly starts: readonly number[];
  /** Whether the lines may hold their values times 256. */
  readonly isScalable: boolean;
  readonly multipliers: readonly QuantizedMultiplier[];
  readonly range: OutputRange;
}

/** Results are ((sum * multiplier >> 32) + half) >> shift, saturated; the sum begins at `start`. */
export interface ShortConstants {
  readonly shift: number;
  readonly powers: readonly number[];
  readonly starts: readonly number[];
  readonly multipliers: readonly number[];
  readonly halves: readonly number[];
  readonly note: string;
}

/** With biases for which every step comes at the reference's accumulator. int8 times 2^8 is int16. */
export function byBias(
  { starts, range }: Sums,
  scales: readonly ChannelScale[],
  equalPowers: boolean,
): ShortConstants | undefined {
  const affine = affineOf(scales, range, equalPowers, Math.log2(PACKED_SCALE));
  if (!affine) return undefined;
  const { shift, powers, biases, multipliers } = affine;
  return {
    shift,
    powers,
    multipliers,
    starts: starts.map((one, channel) => one * powers[channel] + biases[channel]),
    halves: starts.map(() => roundingConstant(range.zeroPoint, shift)),
    note: `results are (sum * multiplier >> 32) + half >> ${shift}: equal to the reference at every step`,
  };
}

/**
 * With the reference's own multipliers: the doubling high multiply of a is floor((a m + 2^30) / 2^31), and that is
 * (floor(2^(1 + d) a m / 2^32) + 2^(d - 1)) >> d for d >= 1. The shift to the right by s follows in the same one, so that s + d is
 * layer-wide. Halves of negative values round up instead of away from zero: results at the zero point, which is their limit.
 */
export function byRounding(
  { weights, taps, starts, multipliers, range }: Sums,
  scales: readonly ChannelScale[],
): ShortConstants | undefined {
  if (range.zeroPoint !== -128 || multipliers.some(({ shift }) => shift > -1)) return undefined;
  const shift = multipliers.reduce((most, one) => Math.max(most, -one.shift), 0) + 1;
  const digits = multipliers.map((one) => shift + one.shift);
  const powers = digits.map((d) => 2 ** (1 + d));
  const halves = digits.map((d) => roundingConstant(range.zeroPoint, shift) + 2 ** (d - 1));
  const isWithin = scales.every(({ low, high }, channel) => {
    const widest = Math.max(-low, high) * powers[channel];
    const largest = weights
      .subarray(channel * taps, (channel + 1) * taps)
      .reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    const product = (widest * multipliers[channel].multiplier) / 2 ** 32 + 1;
    // Biased results add 128 to the zero point.
    const half = Math.max(Math.abs(halves[channel]), Math.abs(halves[channel] + 128 * 2 ** shift));
    return largest * powers[channel] < 2 ** 15 && widest < 2 ** 31 && product + half < 2 ** 31;
  });
  if (!isWithin) return undefined;
  return {
    shift,
    powers,
    halves,
    starts: starts.map((one, channel) => one * powers[channel]),
    multipliers: multipliers.map((one) => one.multiplier),
    note: `results are (sum * multiplier >> 32) + half >> ${shift}: the reference's multipliers, all shifts to the right`,
  };
}
