/** Intervals of the sums of layers with weights, exact as long as the input's channels are independent of each other. */

import type { Taps } from "./taps.js";
import type { Interval } from "./intervals.js";
import type { Intervals } from "../channels.js";

/** Of every [filter, tap]: the least and the largest sum of its products. */
export interface TapSums {
  readonly least: Float64Array;
  readonly most: Float64Array;
}

/**
 * Of weights [filter, tap, depth]; a filter reads the channels from `firstChannel` on.
 * @param zeroPoint of the input
 */
export function sumsOverChannels(
  weights: Int8Array,
  [filters, taps, depth]: readonly [number, number, number],
  { low, high }: Intervals,
  zeroPoint: number,
  firstChannel: (filter: number) => number = () => 0,
): TapSums {
  const sums = { least: new Float64Array(filters * taps), most: new Float64Array(filters * taps) };
  const lows = Int32Array.from(low, (value) => value - zeroPoint);
  const highs = Int32Array.from(high, (value) => value - zeroPoint);
  for (let at = 0, w = 0; at < filters * taps; at++) {
    let [least, most] = [0, 0];
    const first = firstChannel(Math.floor(at / taps));
    for (let channel = first; channel < first + depth; channel++, w++) {
      const weight = weights[w];
      least += weight * (weight > 0 ? lows[channel] : highs[channel]);
      most += weight * (weight > 0 ? highs[channel] : lows[channel]);
    }
    sums.least[at] = least;
    sums.most[at] = most;
  }
  return sums;
}

/** Of weights [tap, filter], where filter f reads channel f / multiplier only. */
export function sumsOfEachChannel(
  weights: Int8Array,
  taps: number,
  multiplier: number,
  { low, high }: Intervals,
  zeroPoint: number,
): TapSums {
  const filters = weights.length / taps;
  const sums = { least: new Float64Array(filters * taps), most: new Float64Array(filters * taps) };
  for (let filter = 0; filter < filters; filter++) {
    const channel = Math.floor(filter / multiplier);
    const [from, to] = [low[channel] - zeroPoint, high[channel] - zeroPoint];
    for (let tap = 0; tap < taps; tap++) {
      const weight = weights[tap * filters + filter];
      sums.least[filter * taps + tap] = weight * (weight > 0 ? from : to);
      sums.most[filter * taps + tap] = weight * (weight > 0 ? to : from);
    }
  }
  return sums;
}

/** The interval of a filter's accumulator, over all places of the window. */
export function accumulatorInterval(sums: TapSums, taps: Taps, filter: number, bias: number): Interval {
  const first = filter * taps.count;
  if (!taps.sets) {
    let [least, most] = [total(sums.least, first, taps.always), total(sums.most, first, taps.always)];
    for (const tap of taps.sometimes) {
      least += Math.min(0, sums.least[first + tap]);
      most += Math.max(0, sums.most[first + tap]);
    }
    return [bias + least, bias + most];
  }
  let [least, most] = [Infinity, -Infinity];
  for (const set of taps.sets) {
    least = Math.min(least, total(sums.least, first, set));
    most = Math.max(most, total(sums.most, first, set));
  }
  return [bias + least, bias + most];
}

function total(sums: Float64Array, first: number, set: readonly number[]): number {
  let result = 0;
  for (let i = 0; i < set.length; i++) result += sums[first + set[i]];
  return result;
}
