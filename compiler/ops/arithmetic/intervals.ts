/** Arithmetic on intervals of int8 values, one for each channel. Every result holds all values that can occur. */

import type { Intervals } from "../channels.js";
import { clamp, multiplyByQuantizedMultiplier, type QuantizedMultiplier } from "./fixed-point.js";

/** Both ends occur. */
export type Interval = readonly [least: number, most: number];

/** @param of the interval of a channel, limited to int8 by the caller */
export function intervalsOf(channels: number, of: (channel: number) => Interval): Intervals {
  const [low, high] = [new Int8Array(channels), new Int8Array(channels)];
  for (let channel = 0; channel < channels; channel++) [low[channel], high[channel]] = of(channel);
  return { low, high };
}

/** All of int8. */
export function allValues(channels: number): Intervals {
  return { low: new Int8Array(channels).fill(-128), high: new Int8Array(channels).fill(127) };
}

/** Through a function that never falls. */
export function throughMonotone({ low, high }: Intervals, apply: (value: number) => number): Intervals {
  return { low: low.map(apply), high: high.map(apply) };
}

export function limitIntervals(intervals: Intervals, [least, most]: Interval): Intervals {
  return throughMonotone(intervals, (value) => clamp(value, least, most));
}

/** Through any function of one value. @param results of -128 to 127 */
export function throughTable({ low, high }: Intervals, results: Int8Array): Intervals {
  const extremes = (from: number, to: number): Interval => {
    let [least, most] = [127, -128];
    for (let value = from; value <= to; value++) {
      least = Math.min(least, results[value + 128]);
      most = Math.max(most, results[value + 128]);
    }
    return [least, most];
  };
  const whole = extremes(-128, 127);
  return intervalsOf(low.length, (channel) =>
    low[channel] === -128 && high[channel] === 127 ? whole : extremes(low[channel], high[channel]),
  );
}

/** The same channels again and again. @param channels a multiple of theirs */
export function repeatIntervals({ low, high }: Intervals, channels: number): Intervals {
  return intervalsOf(channels, (channel) => [low[channel % low.length], high[channel % low.length]]);
}

/** The values of any of the channels, for results that may have any of them. */
export function hullOf(all: readonly Intervals[], channels: number): Intervals {
  let [least, most] = [127, -128];
  for (const { low, high } of all) {
    least = low.reduce((a, b) => Math.min(a, b), least);
    most = high.reduce((a, b) => Math.max(a, b), most);
  }
  return intervalsOf(channels, () => [least, most]);
}

/**
 * An interval of integers times a factor, as MultiplyByQuantizedMultiplier rounds: that never falls. undefined where the sums, or
 * their shift to the left, leave int32 and wrap. The multiplier is not negative.
 */
export function scaleInterval(
  [least, most]: Interval,
  multiplier: QuantizedMultiplier,
): Interval | undefined {
  const bound = 2 ** (31 - Math.max(multiplier.shift, 0));
  if (least < -bound || most >= bound) return undefined;
  return [multiplyByQuantizedMultiplier(least, multiplier), multiplyByQuantizedMultiplier(most, multiplier)];
}
