/** The factors of ADD: both inputs are brought to one scale with 20 bits below the point, summed, and scaled down. */

import type { Quantization } from "../../ir/graph.js";
import { quantizeMultiplier, type QuantizedMultiplier } from "./fixed-point.js";

/** Bits that (q - zeroPoint) is shifted left by first; |q - zeroPoint| <= 255, so this stays below 2^28. */
export const sumShift = 20;

export interface SumMultipliers {
  readonly left: QuantizedMultiplier;
  readonly right: QuantizedMultiplier;
  readonly output: QuantizedMultiplier;
}

/** left, right <= 1/2, so the sum of both stays below 2^28; output = twice the larger scale / (2^20 * output scale). */
export function sumMultipliers(
  left: Quantization,
  right: Quantization,
  output: Quantization,
): SumMultipliers {
  const [a, b] = [Math.fround(left.scale), Math.fround(right.scale)];
  const twice = 2 * Math.max(a, b);
  return {
    left: quantizeMultiplier(a / twice),
    right: quantizeMultiplier(b / twice),
    output: quantizeMultiplier(twice / (2 ** sumShift * Math.fround(output.scale))),
  };
}
