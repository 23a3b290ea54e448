/** From one scale to another: QUANTIZE of int8, RELU and RELU6 on their own. */

import type { Quantization } from "../../ir/graph.js";
import {
  clamp,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  type QuantizedMultiplier,
} from "./fixed-point.js";

/** input scale / output scale, taken in float32 as stand-alone activations do. */
export function activationMultiplier(input: Quantization, output: Quantization): QuantizedMultiplier {
  return quantizeMultiplier(Math.fround(Math.fround(input.scale) / Math.fround(output.scale)));
}

/** input scale / output scale, taken in double as QUANTIZE does. */
export function requantizeMultiplier(input: Quantization, output: Quantization): QuantizedMultiplier {
  return quantizeMultiplier(Math.fround(input.scale) / Math.fround(output.scale));
}

/** Every value to another scale and zero point, within limits. */
export function rescale(
  data: Int8Array,
  from: Quantization,
  to: Quantization,
  multiplier: QuantizedMultiplier,
  [least, most]: readonly [number, number],
): Int8Array {
  return data.map((value) =>
    clamp(multiplyByQuantizedMultiplier(value - from.zeroPoint, multiplier) + to.zeroPoint, least, most),
  );
}
