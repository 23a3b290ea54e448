import { softmaxByTable } from "../kernels/softmax.js";
import { elements } from "../ir/graph.js";
import type { Operator } from "./operator.js";
import { resultType, show } from "./rules/options.js";
import { softmaxInput } from "./rules/softmax-input.js";
import { int8Data, quantizationOf } from "./arithmetic/quantization.js";
import { exponentials, scaleByReciprocal, shareOf } from "./arithmetic/exponential.js";

/** Softmax over the last dimension. */
export const softmax: Operator<"softmax"> = {
  kind: "softmax",
  tflite: "SOFTMAX",

  resolve(context) {
    const { beta = 1 } = context.node.attributes;
    const shape = softmaxInput(context);
    if (typeof beta !== "number" || !(beta > 0 && beta < Infinity)) {
      context.fail("beta", `beta is ${show(beta)}`, "a number above 0");
    }
    return { attributes: { beta }, output: resultType(context, shape) };
  },

  quantization: () => ({ scale: 1 / 256, zeroPoint: -128 }),

  macs: () => 0,

  float(operation, [data], [input]) {
    const { beta } = operation.attributes;
    const size = input.shape[input.shape.length - 1];
    const result = new Float32Array(data.length);
    for (let row = 0; row < data.length; row += size) {
      const logits = data.subarray(row, row + size);
      const most = logits.reduce((a, b) => Math.max(a, b));
      const powers = Float64Array.from(logits, (logit) => Math.exp(beta * (logit - most)));
      const sum = powers.reduce((a, b) => a + b);
      powers.forEach((power, i) => (result[row + i] = power / sum));
    }
    return result;
  },

  reference(operation, [data], [input], output) {
    const source = int8Data(data);
    const size = input.shape[input.shape.length - 1];
    const table = exponentials(quantizationOf(input), operation.attributes.beta);
    const result = new Int8Array(elements(output.shape));
    for (let row = 0; row < result.length; row += size) {
      const logits = source.subarray(row, row + size);
      const most = logits.reduce((a, b) => Math.max(a, b));
      const powers = Int32Array.from(logits, (logit) => table[most - logit]);
      const scale = scaleByReciprocal(powers.reduce((sum, power) => sum + shareOf(power), 0));
      powers.forEach((power, i) => (result[row + i] = scale(power)));
    }
    return result;
  },

  kernels: [softmaxByTable],
};
