import { denseProducts } from "../kernels/dense-products.js";
import { matrixVector } from "../kernels/matrix-vector.js";
import type { Constant } from "../ir/graph.js";
import { elements } from "../ir/graph.js";
import type { Operator, ResolveContext } from "./operator.js";
import { activate, activationLimits } from "./arithmetic/activation.js";
import { int32Bias, int8Values, realBias, realValues } from "./arithmetic/constants.js";
import { clamp, roundHalfAway } from "./arithmetic/fixed-point.js";
import { multiplyMatrix } from "./arithmetic/matrix.js";
import { activationOption, count, int8Input, resultType } from "./rules/options.js";
import { int8Data, quantizationOf, realMultipliers } from "./arithmetic/quantization.js";
import { accumulatorInterval, sumsOverChannels } from "./arithmetic/sum-intervals.js";
import { oneTap } from "./arithmetic/taps.js";
import { resolveBias } from "./rules/bias.js";
import { channelsRead, keepChannels, resultIntervals } from "./rules/weighted-channels.js";

/** Fully connected over the last dimension, [.., in] -> [.., out]. */
export const dense: Operator<"dense"> = {
  kind: "dense",
  tflite: "FULLY_CONNECTED",

  resolve(context) {
    const options = context.node.attributes;
    const shape = int8Input(context);
    if (shape.length === 0) context.fail(undefined, "the input is a single number", "at least 1 dimension");
    const weights = resolveWeights(context, shape[shape.length - 1]);
    const units = weights.shape[0];
    const bias = resolveBias(context, options.bias, weights, units);
    const activation = activationOption(context, options.activation);
    return {
      attributes: { activation, weights, bias },
      output: resultType(context, [...shape.slice(0, -1), units]),
    };
  },

  quantization: () => "calibrated",

  macs(operation, _inputs, output) {
    return elements(output.shape) * operation.attributes.weights.shape[1];
  },

  float(operation, [data], _types, output) {
    const { activation, weights, bias } = operation.attributes;
    const [units, size] = weights.shape;
    const matrix = realValues(weights, "first");
    const offsets = realBias(bias, units);
    const result = new Float32Array(elements(output.shape));
    for (let row = 0; row < result.length / units; row++) {
      multiplyMatrix(matrix, offsets, data, row * size, result, row * units);
    }
    return activate(activation, result);
  },

  /** Unlike convolutions, TFLite scales the sum in double and rounds once, a half away from zero. */
  reference(operation, [data], [input], output) {
    const { activation, weights, bias } = operation.attributes;
    const [units, size] = weights.shape;
    const source = int8Data(data);
    const matrix = int8Values(weights);
    const offsets = int32Bias(bias, units);
    const from = quantizationOf(input);
    const to = quantizationOf(output);
    const factors = realMultipliers(weights, units, from, to);
    const [least, most] = activationLimits(activation, to);
    const result = new Int8Array(elements(output.shape));
    for (let row = 0; row < result.length / units; row++) {
      for (let unit = 0; unit < units; unit++) {
        let sum = offsets[unit];
        for (let i = 0; i < size; i++) {
          sum = (sum + Math.imul(source[row * size + i] - from.zeroPoint, matrix[unit * size + i])) | 0;
        }
        result[row * units + unit] = clamp(roundHalfAway(sum * factors[unit]) + to.zeroPoint, least, most);
      }
    }
    return result;
  },

  intervals(operation, [data], [input], output) {
    const { attributes } = operation;
    const [units, size] = attributes.weights.shape;
    const { zeroPoint } = quantizationOf(input);
    const sums = sumsOverChannels(int8Values(attributes.weights), [units, 1, size], data, zeroPoint);
    const factors = realMultipliers(attributes.weights, units, quantizationOf(input), quantizationOf(output));
    return resultIntervals(attributes, units, output, (unit, bias) => {
      const [least, most] = accumulatorInterval(sums, oneTap, unit, bias);
      if (least < -(2 ** 31) || most >= 2 ** 31) return undefined;
      return [roundHalfAway(least * factors[unit]), roundHalfAway(most * factors[unit])];
    });
  },

  channels: {
    links: () => [undefined],
    reads: ({ attributes }, input, _output, data, wanted) =>
      channelsRead(attributes, oneTap, quantizationOf(input), data, wanted),
    keep: ({ attributes }, input, _output, data, kept) =>
      keepChannels(attributes, oneTap, quantizationOf(input), data, kept),
  },

  kernels: [...denseProducts, matrixVector],
};

function resolveWeights(context: ResolveContext<"dense">, size: number): Constant {
  const { weights, units } = context.node.attributes;
  const wanted = units === undefined ? -1 : count(context, "units", units);
  if (weights) {
    const found = context.constant("weights", weights, [wanted, size], "dense");
    if (found) return found;
  }
  if (wanted === -1) context.fail(undefined, "there are no weights", "weights, or units");
  return context.untrained([wanted, size]);
}
