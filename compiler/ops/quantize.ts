import { table } from "../kernels/element-wise.js";
import { quantizeFloats } from "../kernels/float-edges.js";
import { elements, type Quantization } from "../ir/graph.js";
import type { Operator } from "./operator.js";
import { clamp, roundHalfAway } from "./arithmetic/fixed-point.js";
import { resultType } from "./rules/options.js";
import { int8Data, quantizationOf } from "./arithmetic/quantization.js";
import { requantizeMultiplier, rescale } from "./arithmetic/rescale.js";

/** float32 to int8, or int8 to int8 of another scale. */
export const quantize: Operator<"quantize"> = {
  kind: "quantize",
  tflite: "QUANTIZE",

  resolve: (context) => ({ attributes: {}, output: resultType(context, context.inputs[0].shape) }),

  quantization: () => "calibrated",

  macs: () => 0,

  float: (_operation, [data]) => data,

  reference(_operation, [data], [input], output) {
    const to = quantizationOf(output);
    if (data instanceof Float32Array) return quantizeReals(data, to, elements(output.shape));
    const from = quantizationOf(input);
    return rescale(int8Data(data), from, to, requantizeMultiplier(from, to), [-128, 127]);
  },

  kernels: [quantizeFloats, table("requantize table")],
};

/** round(x / scale) + zero point in float32, a half away from zero, within int8; not a number becomes -128. */
export function quantizeReals(data: Float32Array, to: Quantization, size = data.length): Int8Array {
  const result = new Int8Array(size);
  const scale = Math.fround(to.scale);
  for (let i = 0; i < size; i++) {
    const steps = Math.fround(data[i] / scale);
    result[i] = Number.isNaN(steps) ? -128 : clamp(roundHalfAway(steps) + to.zeroPoint, -128, 127);
  }
  return result;
}
