/** The factors of products of two activations. */

import type { Quantization } from "../../ir/graph.js";
import {
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  type QuantizedMultiplier,
} from "./fixed-point.js";

const { fround } = Math;

/** MUL: left scale * right scale / output scale, all in float32. */
export function productMultiplier(
  left: Quantization,
  right: Quantization,
  output: Quantization,
): QuantizedMultiplier {
  return quantizeMultiplier(fround(fround(fround(left.scale) * fround(right.scale)) / fround(output.scale)));
}

/** BATCH_MATMUL: the product of the scales in float32, divided by the output's in double. */
export function matmulMultiplier(
  left: Quantization,
  right: Quantization,
  output: Quantization,
): QuantizedMultiplier {
  return quantizeMultiplier(fround(fround(left.scale) * fround(right.scale)) / fround(output.scale));
}

/** left * right, in int8. */
export function productOf(left: Quantization, right: Quantization, output: Quantization) {
  const multiplier = productMultiplier(left, right, output);
  return (a: number, b: number): number => {
    const product = (a - left.zeroPoint) * (b - right.zeroPoint);
    return multiplyByQuantizedMultiplier(product, multiplier) + output.zeroPoint;
  };
}

/** Whether products rise or fall with each operand: they are below 2^16 and not shifted out of int32. */
export function productRises(left: Quantization, right: Quantization, output: Quantization): boolean {
  return productMultiplier(left, right, output).shift <= 14;
}
