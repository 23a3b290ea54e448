import { elementWiseSum } from "../kernels/element-wise.js";
import { reject } from "../diagnostics/diagnostic.js";
import { elements } from "../ir/graph.js";
import type { Operator } from "./operator.js";
import { activate, activationLimits } from "./arithmetic/activation.js";
import { clamp, multiplyByQuantizedMultiplier } from "./arithmetic/fixed-point.js";
import { activationOption, int8Input, resultType } from "./rules/options.js";
import { int8Data, quantizationOf } from "./arithmetic/quantization.js";
import { shapeText } from "../diagnostics/shape-text.js";
import { sumMultipliers, sumShift } from "./arithmetic/sum.js";

/** Sum of two tensors of the same shape. */
export const add: Operator<"add"> = {
  kind: "add",
  tflite: "ADD",

  resolve(context) {
    const left = int8Input(context, undefined, 0);
    const right = int8Input(context, undefined, 1);
    if (left.length !== right.length || left.some((size, i) => size !== right[i])) {
      reject("MCU2002", context.site?.at, {
        left: `${shapeText(left)} (${context.inputName(0)})`,
        right: `${shapeText(right)} (${context.inputName(1)})`,
      });
    }
    return {
      attributes: { activation: activationOption(context, context.node.attributes.activation) },
      output: resultType(context, left),
    };
  },

  quantization: () => "calibrated",

  macs: () => 0,

  float(operation, [left, right], _types, output) {
    const result = new Float32Array(elements(output.shape));
    for (let i = 0; i < result.length; i++) result[i] = left[i] + right[i];
    return activate(operation.attributes.activation, result);
  },

  reference(operation, [left, right], types, output) {
    const [a, b] = [int8Data(left), int8Data(right)];
    const [fromA, fromB] = types.map(quantizationOf);
    const to = quantizationOf(output);
    const multipliers = sumMultipliers(fromA, fromB, to);
    const [least, most] = activationLimits(operation.attributes.activation, to);
    const result = new Int8Array(elements(output.shape));
    for (let i = 0; i < result.length; i++) {
      const scaledA = multiplyByQuantizedMultiplier((a[i] - fromA.zeroPoint) << sumShift, multipliers.left);
      const scaledB = multiplyByQuantizedMultiplier((b[i] - fromB.zeroPoint) << sumShift, multipliers.right);
      const sum = multiplyByQuantizedMultiplier(scaledA + scaledB, multipliers.output) + to.zeroPoint;
      result[i] = clamp(sum, least, most);
    }
    return result;
  },

  kernels: [elementWiseSum],
};
