import { meanOfRows } from "../kernels/rows/reduction.js";
import { meanByWords } from "../kernels/mean-words.js";
import { meanOverAxes } from "../kernels/reduction.js";
import { unless } from "../kernels/unless.js";
import { elements, type Quantization } from "../ir/graph.js";
import type { Operator } from "./operator.js";
import { clamp, multiplyByQuantizedMultiplier } from "./arithmetic/fixed-point.js";
import { intervalsOf, scaleInterval } from "./arithmetic/intervals.js";
import { meanMultiplier } from "./arithmetic/mean-multiplier.js";
import { int8Data, quantizationOf } from "./arithmetic/quantization.js";
import { overPositions, reducedResult, targets } from "./rules/reduction.js";

/** Mean over some dimensions. */
export const mean: Operator<"mean"> = {
  kind: "mean",
  tflite: "MEAN",

  resolve: reducedResult<"mean">,

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

  /** A sum over many elements may be shifted out of int32; then nothing is known. */
  intervals({ attributes: { axes } }, [{ low, high }], [input], output) {
    if (axes.includes(input.shape.length - 1)) return undefined;
    const [from, to] = [quantizationOf(input), quantizationOf(output)];
    const count = averaged(axes, input.shape);
    const multiplier = meanMultiplier(from, to, count);
    return intervalsOf(low.length, (channel) => {
      const sums = [low[channel], high[channel]].map((value) => count * (value - from.zeroPoint));
      const scaled = scaleInterval([sums[0], sums[1]], multiplier);
      const limit = (steps: number) => clamp(steps + to.zeroPoint, -128, 127);
      return scaled ? [limit(scaled[0]), limit(scaled[1])] : [-128, 127];
    });
  },

  channels: overPositions,

  kernels: [meanByWords, unless([meanByWords], meanOverAxes)],
  rowKernels: [meanOfRows],
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
  const sums = new Float64Array(size);
  targets(axes, shape).forEach((target, i) => (sums[target] += data[i]));
  return sums;
}
