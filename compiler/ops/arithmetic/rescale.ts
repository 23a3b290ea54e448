/** Stand-alone RELU and RELU6: a change of scale, within the activation's limits. */

import type { Activation } from "../../../dsl/tensor.js";
import { elements, type Quantization } from "../../ir/graph.js";
import type { Operator } from "../operator.js";
import { activate, activationLimits } from "./activation.js";
import {
  clamp,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  type QuantizedMultiplier,
} from "./fixed-point.js";
import { int8Input, resultType } from "./options.js";
import { int8Data, quantizationOf } from "./quantization.js";

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

type Alone = "relu" | "relu6";

/** The part of an operator that all stand-alone activations have in common. */
export function standAlone<K extends Alone>(
  activation: Activation,
): Omit<Operator<K>, "kind" | "tflite" | "kernels"> {
  return {
    resolve: (context) => ({ attributes: {}, output: resultType(context, int8Input(context)) }),

    quantization: () => "calibrated",

    macs: () => 0,

    float(_operation, [data], _types, output) {
      const result = new Float32Array(elements(output.shape));
      result.set(data);
      return activate(activation, result);
    },

    reference(_operation, [data], [input], output) {
      const from = quantizationOf(input);
      const to = quantizationOf(output);
      return rescale(
        int8Data(data),
        from,
        to,
        activationMultiplier(from, to),
        activationLimits(activation, to),
      );
    },
  };
}
