import { meanOverAxes } from "../kernels/reduction.js";
import { elements, type Quantization } from "../ir/graph.js";
import type { Operator } from "./operator.js";
import { clamp, multiplyByQuantizedMultiplier } from "./arithmetic/fixed-point.js";
import { meanMultiplier } from "./arithmetic/mean-multiplier.js";
import { dimension, int8Input, resultType, show } from "./rules/options.js";
import { positions, strides } from "./arithmetic/positions.js";
import { int8Data, quantizationOf } from "./arithmetic/quantization.js";

/** Mean over some dimensions. */
export const mean: Operator<"mean"> = {
  kind: "mean",
  tflite: "MEAN",

  resolve(context) {
    const { axes: wanted, keepDimensions = false } = context.node.attributes;
    const shape = int8Input(context);
    if (!Array.isArray(wanted) || wanted.length === 0 || new Set(wanted).size !== wanted.length) {
      context.fail("axes", `axes is ${show(wanted)}`, "one or more dimensions, each once");
    }
    const axes = wanted.map((axis) => dimension(context, "axes", axis, shape.length)).sort((a, b) => a - b);
    const output = keepDimensions
      ? shape.map((size, i) => (axes.includes(i) ? 1 : size))
      : shape.filter((_, i) => !axes.includes(i));
    return { attributes: { axes, keepDimensions }, output: resultType(context, output) };
  },

  quantization: () => "calibrated",

  macs: () => 0,

  float(operation, [data], [input], output) {
    const { axes } = operation.attributes;
    const sums = sumOver(axes, input.shape, data, elements(output.shape));
    const count = averaged(axes, input.shape);
    return Float32Array.from(sums, (sum) => sum / count);
  },

  reference(operation, [data], [input], output) {
    const { axes } = operation.attributes;
    const from: Quantization = quantizationOf(input);
    const to = quantizationOf(output);
    const count = averaged(axes, input.shape);
    const multiplier = meanMultiplier(from, to, count);
    const sums = sumOver(axes, input.shape, int8Data(data), elements(output.shape));
    return Int8Array.from(sums, (sum) => {
      const scaled = multiplyByQuantizedMultiplier(sum - count * from.zeroPoint, multiplier);
      return clamp(scaled + to.zeroPoint, -128, 127);
    });
  },

  kernels: [meanOverAxes],
};

/** How many elements go into one mean. */
function averaged(axes: readonly number[], shape: readonly number[]): number {
  return elements(axes.map((axis) => shape[axis]));
}

/** Sums over `axes`, in double: exact for int8. */
function sumOver(
  axes: readonly number[],
  shape: readonly number[],
  data: ArrayLike<number>,
  size: number,
): Float64Array {
  const kept = strides(shape.map((one, i) => (axes.includes(i) ? 1 : one)));
  const distances = kept.map((distance, i) => (axes.includes(i) ? 0 : distance));
  const targets = positions(shape, distances);
  const sums = new Float64Array(size);
  for (let i = 0; i < targets.length; i++) sums[targets[i]] += data[i];
  return sums;
}
