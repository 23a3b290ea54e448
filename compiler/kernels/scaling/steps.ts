/**
 * A layer's requantisation as a step function. From accumulators to int8 results it never falls, so 255 accumulators say
 * everything about it: the first that gives each result. Two ways of computing it are equal if these are.
 */

import {
  clamp,
  multiplyByQuantizedMultiplier,
  roundHalfAway,
  type QuantizedMultiplier,
} from "../../ops/arithmetic/fixed-point.js";
import type { OutputRange } from "../requantization.js";

/** What one channel's accumulators become. */
export interface ChannelScale {
  /** The accumulators that occur lie between these: bias and zero point of the input included, within int32. */
  readonly low: number;
  readonly high: number;
  /** Steps of the result an accumulator, nearly. */
  readonly factor: number;
  /** Steps from the result's zero point, exact, before they are limited; never falls between `low` and `high`. */
  result(accumulator: number): number;
  /** Where the result is TFLite's two roundings by this multiplier. */
  readonly multiplier?: QuantizedMultiplier;
}

/** Convolutions: MultiplyByQuantizedMultiplier. undefined where a shift to the left may wrap. */
export function twoRoundingScale(
  low: number,
  high: number,
  multiplier: QuantizedMultiplier,
): ChannelScale | undefined {
  const widest = Math.max(-low, high) * 2 ** Math.max(0, multiplier.shift);
  if (widest >= 2 ** 31) return undefined;
  return {
    low,
    high,
    factor: multiplier.multiplier * 2 ** (multiplier.shift - 31),
    result: (accumulator) => multiplyByQuantizedMultiplier(accumulator, multiplier),
    multiplier,
  };
}

/** Dense layers: the double product, rounded half away from zero. */
export function oneRoundingScale(low: number, high: number, factor: number): ChannelScale | undefined {
  if (Math.max(-low, high) >= 2 ** 31) return undefined;
  return { low, high, factor, result: (accumulator) => roundHalfAway(accumulator * factor) };
}

/** `first` is the least accumulator that gives `steps` from the zero point, or more. */
export interface Step {
  readonly steps: number;
  readonly first: number;
}

export interface Staircase {
  /** Between the channel's least and greatest result. */
  readonly steps: readonly Step[];
  /** Steps of the results at both ends, limited to the range. */
  readonly least: number;
  readonly most: number;
}

/** A channel belongs to one layer, whose range is one. */
const staircases = new WeakMap<ChannelScale, Staircase>();

export function staircaseOf(channel: ChannelScale, range: OutputRange): Staircase {
  let known = staircases.get(channel);
  if (!known) staircases.set(channel, (known = climb(channel, range)));
  return known;
}

function climb(channel: ChannelScale, { zeroPoint, min, max }: OutputRange): Staircase {
  const limited = (accumulator: number) =>
    clamp(channel.result(accumulator), min - zeroPoint, max - zeroPoint);
  const { low, high, factor } = channel;
  const [least, most] = [limited(low), limited(high)];
  const steps: Step[] = [];
  const known = channel.multiplier && isInverted(channel.multiplier) ? channel.multiplier : undefined;
  for (let n = least + 1; n <= most; n++) {
    if (known) {
      steps.push({ steps: n, first: leastFor(n, known) });
      continue;
    }
    let first = clamp(Math.ceil((n - 0.5) / factor), low, high);
    while (channel.result(first) < n) first++;
    while (first > low && channel.result(first - 1) >= n) first--;
    steps.push({ steps: n, first });
  }
  return { steps, least, most };
}

/** Whether `leastFor` is exact: shifts to the right, and room in int32 for a remainder that is a little larger than the multiplier. */
function isInverted({ multiplier, shift }: QuantizedMultiplier): boolean {
  return shift <= 0 && shift >= -30 && multiplier > 0 && multiplier < 2 ** 31 - 1024;
}

/** The least accumulator that `multiplyByQuantizedMultiplier` makes `n` or more of. */
export function leastFor(n: number, { multiplier, shift }: QuantizedMultiplier): number {
  // The least product that the shift makes n of: halves go away from zero.
  const product = shift === 0 ? n : n * 2 ** -shift - 2 ** (-shift - 1) + (n > 0 ? 0 : 1);
  // And the least a with a * multiplier >= (2 * product - 1) * 2^30, which a double holds.
  const down = Math.floor(((2 * product - 1) * 2 ** 30) / multiplier);
  // The quotient was rounded: the remainder, modulo 2^32, says whether it is off by one.
  const remainder = (((2 * product - 1) << 30) - Math.imul(down, multiplier)) | 0;
  if (remainder < 0) return remainder + multiplier === 0 ? down - 1 : down;
  if (remainder >= multiplier) return remainder === multiplier ? down + 1 : down + 2;
  return remainder === 0 ? down : down + 1;
}
