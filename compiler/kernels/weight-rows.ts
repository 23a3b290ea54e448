/** Prepares the constants of convolution and dense layers: padded rows, the zero point folded into the bias, bounds. */

import { Pointer, type ConstantArray } from "../ir/loop.js";
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
