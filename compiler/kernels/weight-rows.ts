/** Prepares the constants of convolution and dense layers: padded rows, the zero point folded into the bias, bounds. */

import { Pointer, type ConstantArray } from "../ir/loop.js";
import {
  clamp,
  multiplyByQuantizedMultiplier,
  type QuantizedMultiplier,
} from "../ops/arithmetic/fixed-point.js";
import type { WeightRows } from "./dot-block.js";
import { perChannel, type Requantization } from "./requantization.js";

/** Sums that do not depend on the input, and how large accumulators get. */
export interface Accumulators {
  /** bias[c] - zeroPoint * sum of the channel's weights: the accumulator starts here, and raw int8 inputs are added. */
  readonly start: readonly number[];
  /** |start| + 128 * sum |w|: no partial sum is larger. */
  readonly bounds: readonly number[];
}

/**
 * @param weights [channels][depth]
 * @param zeroPoint of the input
 */
export function accumulators(
  weights: Int8Array,
  bias: Int32Array,
  depth: number,
  zeroPoint: number,
): Accumulators {
  const start: number[] = [];
  const bounds: number[] = [];
  for (let channel = 0; channel < bias.length; channel++) {
    let sum = 0;
    let magnitude = 0;
    for (let k = channel * depth; k < (channel + 1) * depth; k++) {
      sum += weights[k];
      magnitude += Math.abs(weights[k]);
    }
    start.push(bias[channel] - zeroPoint * sum);
    bounds.push(Math.abs(start[channel]) + 128 * magnitude);
  }
  return { start, bounds };
}

/**
 * Channels whose weights are all zero give one result, whatever their bias and scale: the same one from a small accumulator
 * and an ordinary multiplier. (Training leaves such channels behind, with biases up to 2^30 that would force the general
 * requantisation on the whole layer.)
 */
export function settleDeadChannels(
  { start, bounds }: Accumulators,
  multipliers: readonly QuantizedMultiplier[],
): { readonly sums: Accumulators; readonly multipliers: readonly QuantizedMultiplier[] } {
  const isDead = bounds.map((bound, channel) => bound === Math.abs(start[channel]));
  // Past +-512 the result is at the end of int8 with any zero point. 4 n * 2^30 / 2^31 / 2 = n, without rounding.
  const settled = start.map((sum, channel) =>
    isDead[channel] ? 4 * clamp(multiplyByQuantizedMultiplier(sum, multipliers[channel]), -512, 512) : sum,
  );
  return {
    sums: {
      start: settled,
      bounds: bounds.map((bound, channel) => (isDead[channel] ? Math.abs(settled[channel]) : bound)),
    },
    multipliers: multipliers.map((one, channel) =>
      isDead[channel] ? { multiplier: 2 ** 30, shift: -1 } : one,
    ),
  };
}

/** @param padded rows are padded with zeros to a multiple of four bytes */
export function weightRows(
  weights: Int8Array,
  depth: number,
  padded: boolean,
  { start }: Accumulators,
  requantization: Requantization,
): WeightRows {
  const channels = start.length;
  const stride = padded ? (depth + 3) & ~3 : depth;
  const rows = new Int8Array(channels * stride);
  for (let channel = 0; channel < channels; channel++) {
    rows.set(weights.subarray(channel * depth, (channel + 1) * depth), channel * stride);
  }
  const bias = perChannel("bias", "int32", start);
  const constants: ConstantArray[] = [{ name: "weights", element: "int8", data: rows, align: 4 }];
  return {
    weights: new Pointer("weights", "int8", false),
    bias,
    channels,
    depth,
    stride,
    requantization,
    constants: [...constants, ...bias.constants, ...requantization.constants],
  };
}
