/** The factor of MEAN: the ratio of the scales, divided by the number of elements. */

import type { Quantization } from "../../ir/graph.js";
import { quantizeMultiplier, type QuantizedMultiplier } from "./fixed-point.js";

/**
 * input scale / (output scale * count), for the sum of `count` values (less their zero points).
 * The multiplier is divided after a shift to the left as far as 64 bits, and the shift, allow.
 */
export function meanMultiplier(
  input: Quantization,
  output: Quantization,
  count: number,
): QuantizedMultiplier {
  const { multiplier, shift } = quantizeMultiplier(Math.fround(input.scale) / Math.fround(output.scale));
  const bits = Math.min(Math.floor(Math.log2(count)), 32, 31 + shift);
  const divided = Number((BigInt(multiplier) << BigInt(bits)) / BigInt(count));
  return { multiplier: divided, shift: shift - bits };
}
