/**
 * From the sums of a product to int8 results, in scheduled code: four to six instructions. Which form a layer gets is
 * decided by proof of its range conditions, or of its steps; the reference is TFLite's MultiplyByQuantizedMultiplier, for
 * dense layers the rounded double product.
 */

import { type Block, type Expr, int, type Variable } from "../../ir/loop.js";
import { call } from "../../targets/call.js";
import { addWrapping, mla, shiftLeft, smmla, smmlar, ssat8, usat8 } from "../../targets/packed.js";
import type { OutputRange } from "../requantization.js";
import { affineOf, roundingConstant, type Affine } from "./affine.js";
import type { ChannelScale } from "./steps.js";

/** The sums that a product leaves: `factor * (accumulator - start) + offset`, within int32. */
export interface Sums {
  /** 256: weights as they lie in flash against widened activations. */
  readonly factor: 1 | 256;
  readonly offsets: readonly number[];
  readonly starts: readonly number[];
}

/** What the code of a stretch of results shares. */
export interface Shared {
  /** Saturation at the end of a form, with the zero point in. */
  readonly constant: Expr;
  readonly biased: boolean;
}

export interface Scaling {
  /** As in the report: "affine". */
  readonly form: string;
  /** int32 constants of a channel. */
  readonly words: number;
  constants(channel: number): readonly number[];
  /** Declares what the results share. @param biased they are stored + 128, as bytes from 0 on */
  share(block: Block, biased: boolean): Shared;
  /**
   * Makes results of sums of one channel, in the variables they are in, and hands each to `store`.
   * @param load the channel's i-th constant
   * @param name a suffix for the names of locals
   */
  results(
    block: Block,
    name: string,
    shared: Shared,
    load: (index: number) => Expr,
    sums: readonly Variable[],
    store: (index: number, result: Expr) => void,
  ): void;
  readonly note: string;
}

/** The cheapest form that is exact for all channels; undefined: none is. */
export function scalingOf(
  channels: readonly ChannelScale[],
  range: OutputRange,
  sums: Sums,
): Scaling | undefined {
  return (
    affineScaling(channels, range, sums, true) ??
    affineScaling(channels, range, sums, false) ??
    shiftScaling(channels, range, sums)
  );
}

/** `power * (accumulator - start)` from a sum by a shift, and what the offset adds to it. */
function shiftedSum({ factor }: Sums, power: number) {
  const shift = Math.log2(power) - Math.log2(factor);
  return {
    of: (sum: Variable): Expr =>
      shift >= 0 ? (shift === 0 ? sum : call(shiftLeft, sum, shift)) : sum.shiftRight(-shift),
    extra: (offset: number) => Math.floor(offset * 2 ** shift),
  };
}

/** Four instructions a result: see affine.ts. Two constants with one power for all channels, else three. */
function affineScaling(
  channels: readonly ChannelScale[],
  range: OutputRange,
  sums: Sums,
  equal: boolean,
): Scaling | undefined {
  // A power of a channel's own is a factor: of MLA; or of SMMLA, which takes the sums' factor away (2^24 * power < 2^31).
  const affine = affineOf(channels, range, equal, equal ? 30 : sums.factor === 1 ? 30 : 6);
  if (!affine) return undefined;
  const { shift, powers, biases, multipliers } = affine;
  const saturation = saturationOf(range, shift);
  const common = shiftedSum(sums, powers[0]);
  const scaledBias = (channel: number) => {
    const { extra } = shiftedSum(sums, powers[channel]);
    return (biases[channel] + powers[channel] * sums.starts[channel] - extra(sums.offsets[channel])) | 0;
  };
  return {
    form: equal ? "affine" : "affine with powers",
    words: equal ? 2 : 3,
    constants: (channel) => [
      scaledBias(channel),
      multipliers[channel],
      ...(equal ? [] : [powers[channel] * (sums.factor === 1 ? 1 : 2 ** 24)]),
    ],
    share: (block, biased) => ({ constant: saturation.constant(block, biased), biased }),
    results(block, name, shared, load, values, store) {
      const bias = block.let(`bias${name}`, load(0));
      if (equal) for (const one of values) block.set(one, call(addWrapping, bias, common.of(one)));
      else {
        const power = block.let(`power${name}`, load(2));
        const multiply = sums.factor === 1 ? mla : smmla;
        for (const one of values) block.set(one, call(multiply, one, power, bias));
      }
      const multiplier = block.let(`multiplier${name}`, load(1));
      for (const one of values) block.set(one, call(smmla, one, multiplier, shared.constant));
      saturation.apply(block, shared, values, (one) => one.shiftRight(shift), store);
    },
    note: noteOf(affine, equal),
  };
}

function noteOf({ shift, powers }: Affine, equal: boolean): string {
  const factor = equal ? `2^${Math.log2(powers[0])}` : "power";
  return `results by one multiplication, (${factor} * sum + bias) * multiplier >> ${32 + shift}: equal to the reference at every step`;
}

/** Whether there is a form for certain: two roundings with shifts to the right. */
export function canShift(channels: readonly ChannelScale[]): boolean {
  return channels.every(({ low, high, multiplier }) => {
    const shift = multiplier ? -multiplier.shift : 0;
    return shift >= 1 && shift <= 22 && Math.max(-low, high) < 2 ** 30;
  });
}

/**
 * TFLite's two roundings with a shift of each channel's own, five instructions, or six with the term that rounds negative
 * halves away from zero, which results that are limited at the zero point do not need. SMMULR of the doubled accumulator is
 * the doubling high multiply for |accumulator| < 2^30; the sign may be the accumulator's, for t = 0 and a < 0 gives 0
 * either way; shifts of at most 22 keep the sums within int32.
 */
function shiftScaling(
  channels: readonly ChannelScale[],
  range: OutputRange,
  sums: Sums,
): Scaling | undefined {
  if (!canShift(channels)) return undefined;
  const shifts = channels.map(({ multiplier }) => -multiplier!.shift);
  const signed = range.zeroPoint !== range.min;
  const doubled = shiftedSum(sums, 2);
  const common = shifts.every((one) => one === shifts[0]) ? shifts[0] : undefined;
  const saturation = saturationOf(range, common ?? 1);
  return {
    form: `${common === undefined ? "shifts" : "one shift"}${signed ? ", signed" : ""}`,
    words: common === undefined ? 3 : 2,
    constants: (channel) => [
      (2 * sums.starts[channel] - doubled.extra(sums.offsets[channel])) | 0,
      channels[channel].multiplier!.multiplier,
      ...(common === undefined ? [shifts[channel] - 1] : []),
    ],
    share: (block, biased) => ({
      constant: common === undefined ? int(0) : saturation.constant(block, biased),
      biased,
    }),
    results(block, name, shared, load, values, store) {
      const bias = block.let(`bias${name}`, load(0));
      for (const one of values) block.set(one, call(addWrapping, bias, doubled.of(one)));
      const multiplier = block.let(`multiplier${name}`, load(1));
      const less = common === undefined ? block.let(`shift${name}`, load(2)) : undefined;
      // Six sums leave few registers: the constant is made anew for each channel.
      const constant = less
        ? block.variable(`constant${name}`, saturation.origin(shared.biased))
        : shared.constant;
      if (less) block.set(constant as Variable, call(shiftLeft, constant, less));
      values.forEach((one, i) => {
        if (!signed) return block.set(one, call(smmlar, one, multiplier, constant));
        const rounded = block.let(`rounded${name}${i}`, call(smmlar, one, multiplier, constant));
        block.set(one, rounded.plus(one.shiftRight(31)));
      });
      if (less) for (const one of values) block.set(one, one.shiftRight(less));
      saturation.apply(block, shared, values, (one) => one.shiftRight(common ?? 1), store);
    },
    note: `|acc| < 2^30 and all shifts are to the right: ${signed ? "six" : "five"}-instruction requantisation`,
  };
}

/** The last shift and the limits. Other limits than int8's take two or three instructions more. */
function saturationOf({ zeroPoint, min, max }: OutputRange, shift: number) {
  const plain = min === -128 && max === 127;
  return {
    /** The addend before a shift by one. */
    origin: (biased: boolean): number =>
      roundingConstant(plain ? zeroPoint + (biased ? 128 : 0) : zeroPoint - min, 1),
    constant(block: Block, biased: boolean): Expr {
      const value = this.origin(biased) * 2 ** (shift - 1);
      return block.let(biased ? "constantBiased" : "constant", int(value));
    },
    apply(
      block: Block,
      { biased }: Shared,
      values: readonly Variable[],
      shifted: (value: Variable) => Expr,
      store: (index: number, result: Expr) => void,
    ): void {
      if (plain) {
        // Stores lag behind: the result of a saturation takes a cycle.
        return values.forEach((one, i) => {
          block.set(one, call(biased ? usat8 : ssat8, shifted(one)));
          if (i > 0) store(i - 1, values[i - 1]);
          if (i === values.length - 1) store(i, one);
        });
      }
      for (const one of values) block.set(one, call(usat8, shifted(one)));
      // From 0 .. 255 above `min` to `max` at the end of int8, and back.
      for (const one of values) block.set(one, call(ssat8, one.plus(min + 127 - max)));
      values.forEach((one, i) => {
        block.set(one, one.minus(127 - max - (biased ? 128 : 0)));
        store(i, one);
      });
    },
  };
}
