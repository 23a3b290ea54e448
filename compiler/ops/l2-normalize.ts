import { normalizeRows } from "../kernels/l2-normalize.js";
import { elements } from "../ir/graph.js";
import { clamp, multiplyByQuantizedMultiplier } from "./arithmetic/fixed-point.js";
import { inverseSquareRoot } from "./arithmetic/inverse-square-root.js";
import { int8Data, quantizationOf } from "./arithmetic/quantization.js";
import type { Operator } from "./operator.js";
import { int8Input, resultType } from "./rules/options.js";

/** Bits below the point of the result. */
const fractionBits = 7;

/** Sums of squares are int32, each square is at most 255^2. */
const mostElements = Math.floor((2 ** 31 - 1) / 255 ** 2);

/** Each row of the last dimension divided by its Euclidean length. A row of zeros stays. */
export const l2Normalize: Operator<"l2Normalize"> = {
  kind: "l2Normalize",
  tflite: "L2_NORMALIZATION",

  resolve(context) {
    const shape = int8Input(context);
    const size = shape.at(-1);
    if (size === undefined)
      return context.fail(undefined, "the input is a single number", "at least 1 dimension");
    if (size > mostElements) {
      context.fail(undefined, `the last dimension has ${size} elements`, `at most ${mostElements}`);
    }
    return { attributes: {}, output: resultType(context, shape) };
  },

  quantization: () => ({ scale: 1 / 128, zeroPoint: 0 }),

  macs: (_operation, _inputs, output) => 2 * elements(output.shape),

  float(_operation, [data], [input]) {
    const size = input.shape[input.shape.length - 1];
    const result = new Float32Array(data.length);
    for (let row = 0; row < data.length; row += size) {
      const values = data.subarray(row, row + size);
      const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
      values.forEach((value, i) => (result[row + i] = length > 0 ? value / length : 0));
    }
    return result;
  },

  reference(_operation, [data], [input], output) {
    const { zeroPoint } = quantizationOf(input);
    const steps = Int32Array.from(int8Data(data), (value) => value - zeroPoint);
    const size = input.shape[input.shape.length - 1];
    const result = new Int8Array(elements(output.shape));
    for (let row = 0; row < result.length; row += size) {
      const values = steps.subarray(row, row + size);
      const { multiplier, shift } = inverseSquareRoot(values.reduce((sum, value) => sum + value * value, 0));
      const scale = { multiplier, shift: shift + fractionBits };
      values.forEach((value, i) => {
        result[row + i] = clamp(multiplyByQuantizedMultiplier(value, scale), -128, 127);
      });
    }
    return result;
  },

  kernels: [normalizeRows],
};
