/** The factors of PRELU: one for values from 0 on, one for products with alpha. Ratios are taken in float32. */

import type { Quantization } from "../../ir/graph.js";
import {
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  type QuantizedMultiplier,
} from "./fixed-point.js";
import { activationMultiplier } from "./rescale.js";

const { fround } = Math;

export interface PreluMultipliers {
  readonly above: QuantizedMultiplier;
  readonly below: QuantizedMultiplier;
}

export function preluMultipliers(
  input: Quantization,
  alpha: Quantization,
  output: Quantization,
): PreluMultipliers {
  return {
    above: activationMultiplier(input, output),
    below: quantizeMultiplier(fround(fround(input.scale * alpha.scale) / output.scale)),
  };
}

/** The int8 result, before its limits, of raw values. */
export function preluOf(
  input: Quantization,
  alpha: Quantization,
  output: Quantization,
): (x: number, slope: number) => number {
  const { above, below } = preluMultipliers(input, alpha, output);
  return (x, slope) => {
    const steps = x - input.zeroPoint;
    const product = steps * (slope - alpha.zeroPoint);
    return (
      output.zeroPoint +
      multiplyByQuantizedMultiplier(steps >= 0 ? steps : product, steps >= 0 ? above : below)
    );
  };
}
