import { transposedConvolution } from "../kernels/transposed-convolution.js";
import type { Constant } from "../ir/graph.js";
import { elements } from "../ir/graph.js";
import { activate, activationLimits } from "./arithmetic/activation.js";
import { int32Bias, int8Values, realBias, realValues } from "./arithmetic/constants.js";
import { clamp, multiplyByQuantizedMultiplier } from "./arithmetic/fixed-point.js";
import { convMultipliers, int8Data, quantizationOf } from "./arithmetic/quantization.js";
import type { OperatorAttributes, Two } from "./attributes.js";
import type { Operator, ResolveContext, Typed } from "./operator.js";
import { sumsOverChannels } from "./arithmetic/sum-intervals.js";
import { anyTaps, type Taps } from "./arithmetic/taps.js";
import { resolveBias } from "./rules/bias.js";
import { channelsRead, convIntervals, keepChannels } from "./rules/weighted-channels.js";
import { activationOption, count, int8Input, pair, resultType, show, wholeNumber } from "./rules/options.js";
import { resolvePadding } from "./rules/window-options.js";

type Attributes = OperatorAttributes["conv2dTranspose"];

/** Positions of a result relative to the pixels of the input. Weights are sorted by them; real strides are 2 and 4. */
const mostPhases = 4096;

/** Transposed 2-D convolution, [height, width, in] -> [height * stride, width * stride, out]: every input pixel adds a window of results. */
export const conv2dTranspose: Operator<"conv2dTranspose"> = {
  kind: "conv2dTranspose",
  tflite: "TRANSPOSE_CONV",

  resolve(context) {
    const options = context.node.attributes;
    const [height, width, channels] = int8Input(context, 3);
    const weights = resolveWeights(context, channels);
    const [filters, rows, columns] = weights.shape;
    const kernel: Two = [rows, columns];
    const stride: Two = options.stride === undefined ? [1, 1] : pair(context, "stride", options.stride);
    if (stride[0] * stride[1] > mostPhases)
      context.fail("stride", `stride is ${stride.join(" x ")}`, `a product of at most ${mostPhases}`);
    const { before, size } = resolveSize(context, [height, width], kernel, stride);
    const bias = resolveBias(context, options.bias, weights, filters);
    const activation = activationOption(context, options.activation);
    return {
      attributes: { kernel, stride, padding: { top: before[0], left: before[1] }, activation, weights, bias },
      output: resultType(context, [...size, filters]),
    };
  },

  quantization: () => "calibrated",

  /** Those of taps that reach beyond the result included. */
  macs(operation, [input]) {
    const { kernel, weights } = operation.attributes;
    return elements(input.shape) * kernel[0] * kernel[1] * weights.shape[0];
  },

  float(operation, [data], [input], output) {
    const { weights, bias, activation } = operation.attributes;
    const sums = new Float64Array(elements(output.shape));
    fill(sums, realBias(bias, output.shape[2]));
    scatter(operation.attributes, input, output, data, realValues(weights, "first"), sums);
    return activate(activation, Float32Array.from(sums));
  },

  reference(operation, [data], [input], output) {
    const { weights, bias, activation } = operation.attributes;
    const filters = output.shape[2];
    const [from, to] = [quantizationOf(input), quantizationOf(output)];
    const centred = Int16Array.from(int8Data(data), (value) => value - from.zeroPoint);
    // Sums wrap in int32, as TFLite's do.
    const sums = new Int32Array(elements(output.shape));
    fill(sums, int32Bias(bias, filters));
    scatter(operation.attributes, input, output, centred, int8Values(weights), sums);
    const multipliers = convMultipliers(weights, filters, from, to);
    const [least, most] = activationLimits(activation, to);
    return Int8Array.from(sums, (sum, i) =>
      clamp(multiplyByQuantizedMultiplier(sum, multipliers[i % filters]) + to.zeroPoint, least, most),
    );
  },

  /** A pixel of the result gets the products of some taps: of any, as far as this looks. */
  intervals(operation, [data], [input], output) {
    const { attributes } = operation;
    const [filters, , , depth] = attributes.weights.shape;
    const taps = tapsOfLayer(attributes);
    const from = quantizationOf(input);
    const sizes = [filters, taps.count, depth] as const;
    const sums = sumsOverChannels(int8Values(attributes.weights), sizes, data, from.zeroPoint);
    const multipliers = convMultipliers(attributes.weights, filters, from, quantizationOf(output));
    return convIntervals(attributes, sums, taps, multipliers, output);
  },

  channels: {
    links: () => [undefined],
    reads: ({ attributes }, input, _output, data, wanted) =>
      channelsRead(attributes, tapsOfLayer(attributes), quantizationOf(input), data, wanted),
    keep: ({ attributes }, input, _output, data, kept) =>
      keepChannels(attributes, tapsOfLayer(attributes), quantizationOf(input), data, kept),
  },

  kernels: [transposedConvolution],
};

function resolveWeights(context: ResolveContext<"conv2dTranspose">, channels: number): Constant {
  const { weights, filters, kernel } = context.node.attributes;
  const wanted = filters === undefined ? -1 : count(context, "filters", filters);
  const [rows, columns] = kernel === undefined ? [-1, -1] : pair(context, "kernel", kernel);
  if (weights) {
    const found = context.constant("weights", weights, [wanted, rows, columns, channels], "convTranspose");
    if (found) return found;
  }
  if (wanted === -1 || rows === -1)
    context.fail(undefined, "there are no weights", "weights, or filters and kernel");
  return context.untrained([wanted, rows, columns, channels]);
}

/** Rows and columns cut off above and left, and the size of the result. */
function resolveSize(
  context: ResolveContext<"conv2dTranspose">,
  image: Two,
  kernel: Two,
  stride: Two,
): { before: Two; size: Two } {
  const { padding = "valid", outputPadding = 0 } = context.node.attributes;
  const more = Array.isArray(outputPadding) ? outputPadding : [outputPadding, outputPadding];
  if (more.length !== 2 || !more.every((one) => wholeNumber(one, 0)))
    context.fail(
      "outputPadding",
      `outputPadding is ${show(outputPadding)}`,
      "a whole number from 0, or a pair",
    );
  if (typeof padding === "string" && more.some((one) => one > 0))
    context.fail("outputPadding", `outputPadding with padding "${padding}"`, "padding in numbers");
  const scaled: Two = [image[0] * stride[0], image[1] * stride[1]];
  const sides = resolvePadding(context, padding, scaled, kernel, stride);
  const around: Two = [sides.top + sides.bottom, sides.left + sides.right];
  const size = ([0, 1] as const).map((axis) => {
    if (padding === "same") return scaled[axis];
    if (padding === "valid") return scaled[axis] + Math.max(kernel[axis] - stride[axis], 0);
    return scaled[axis] - stride[axis] + kernel[axis] - around[axis] + more[axis];
  });
  if (size.some((one) => one < 1))
    context.fail("padding", `the padding leaves ${size[0]}x${size[1]} of the result`, "at least 1x1");
  return { before: [sides.top, sides.left], size: [size[0], size[1]] };
}

const tapsOfLayer = ({ kernel }: Attributes): Taps => anyTaps(kernel[0] * kernel[1]);

/** Every pixel starts with its channel's bias. */
function fill(sums: Int32Array | Float64Array, bias: Int32Array | Float32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = bias[i % bias.length];
}

/** Adds every input pixel times every tap to the result it falls on. */
function scatter<Sums extends Int32Array | Float64Array>(
  { kernel, stride, padding }: Attributes,
  input: Typed,
  output: Typed,
  data: Int16Array | Float32Array,
  weights: Int8Array | Float32Array,
  sums: Sums,
): void {
  const [height, width, channels] = input.shape;
  const [outHeight, outWidth, filters] = output.shape;
  const taps = kernel[0] * kernel[1];
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let tap = 0; tap < taps; tap++) {
      const y = Math.floor(pixel / width) * stride[0] - padding.top + Math.floor(tap / kernel[1]);
      const x = (pixel % width) * stride[1] - padding.left + (tap % kernel[1]);
      if (y < 0 || y >= outHeight || x < 0 || x >= outWidth) continue;
      for (let filter = 0; filter < filters; filter++) {
        const first = (filter * taps + tap) * channels;
        let sum = 0;
        for (let i = 0; i < channels; i++) sum += data[pixel * channels + i] * weights[first + i];
        sums[(y * outWidth + x) * filters + filter] += sum;
      }
    }
  }
}
