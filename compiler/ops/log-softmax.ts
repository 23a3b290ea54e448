import { logSoftmaxRows } from "../kernels/log-softmax.js";
import { elements } from "../ir/graph.js";
import { exponentials, scaledDifferences, shareOf } from "./arithmetic/exponential.js";
import { clamp, roundingDivideByPowerOfTwo } from "./arithmetic/fixed-point.js";
import { logarithm, sixteenthBits } from "./arithmetic/logarithm.js";
import { int8Data, quantizationOf } from "./arithmetic/quantization.js";
import type { Operator } from "./operator.js";
import { resultType } from "./rules/options.js";
import { softmaxInput } from "./rules/softmax-input.js";

const zeroPoint = 127;

/** Logarithm of softmax over the last dimension: x - maximum - log(sum of exp(x - maximum)). */
export const logSoftmax: Operator<"logSoftmax"> = {
  kind: "logSoftmax",
  tflite: "LOG_SOFTMAX",

  resolve: (context) => ({ attributes: {}, output: resultType(context, softmaxInput(context)) }),

  quantization: () => ({ scale: 1 / 16, zeroPoint }),

  macs: () => 0,

  float(_operation, [data], [input]) {
    const size = input.shape[input.shape.length - 1];
    const result = new Float32Array(data.length);
    for (let row = 0; row < data.length; row += size) {
      const logits = data.subarray(row, row + size);
      const most = logits.reduce((a, b) => Math.max(a, b));
      const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
      logits.forEach((logit, i) => (result[row + i] = logit - most - Math.log(sum)));
    }
    return result;
  },

  reference(_operation, [data], [input], output) {
    const source = int8Data(data);
    const size = input.shape[input.shape.length - 1];
    const powers = exponentials(quantizationOf(input), 1);
    const differences = scaledDifferences(quantizationOf(input));
    const result = new Int8Array(elements(output.shape));
    for (let row = 0; row < result.length; row += size) {
      const logits = source.subarray(row, row + size);
      const most = logits.reduce((a, b) => Math.max(a, b));
      const sum = logits.reduce((total, logit) => total + shareOf(powers[most - logit]), 0);
      const logSum = logarithm(sum);
      logits.forEach((logit, i) => {
        const steps = roundingDivideByPowerOfTwo(differences[most - logit] - logSum, sixteenthBits);
        result[row + i] = clamp(steps + zeroPoint, -128, 127);
      });
    }
    return result;
  },

  kernels: [logSoftmaxRows],
};
