/** Activations that are layers of their own: a change of scale, within the activation's limits. */

import type { Activation } from "../../../dsl/tensor.js";
import { elements } from "../../ir/graph.js";
import { activate, activationLimits } from "../arithmetic/activation.js";
import { int8Data, quantizationOf } from "../arithmetic/quantization.js";
import { activationMultiplier, rescale } from "../arithmetic/rescale.js";
import type { Operator } from "../operator.js";
import { int8Input, resultType } from "./options.js";

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
