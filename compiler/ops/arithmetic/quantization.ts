/** The quantisation of tensors whose quantisation must be known by now, and the factors between scales. */

import type { Constant, Quantization } from "../../ir/graph.js";
import type { TensorData, Typed } from "../operator.js";
import { quantizeMultiplier, type QuantizedMultiplier } from "./fixed-point.js";

/** The quantisation, its scale rounded to float32 as TFLite holds it. */
export function quantizationOf(type: Typed): Quantization {
  if (!type.quantization) throw new Error("the quantisation of a tensor is not known yet");
  return { scale: Math.fround(type.quantization.scale), zeroPoint: type.quantization.zeroPoint };
}

export function int8Data(data: TensorData): Int8Array {
  if (data instanceof Int8Array) return data;
  throw new Error("the operator computes in int8, its input is float32");
}

/** input scale * weight scale / output scale of every channel, in double. `scales`: one for all or one a channel. */
export function realMultipliers(
  weights: Constant,
  channels: number,
  input: Quantization,
  output: Quantization,
): number[] {
  const scales = weights.scales;
  if (!scales) throw new Error("the scales of the weights are not known yet");
  return Array.from({ length: channels }, (_, channel) => {
    const scale = Math.fround(scales.length === 1 ? scales[0] : scales[channel]);
    return (Math.fround(input.scale) * scale) / Math.fround(output.scale);
  });
}

/** The same as fixed-point multipliers: CONV_2D and DEPTHWISE_CONV_2D. */
export function convMultipliers(
  weights: Constant,
  channels: number,
  input: Quantization,
  output: Quantization,
): QuantizedMultiplier[] {
  return realMultipliers(weights, channels, input, output).map(quantizeMultiplier);
}
