import { pointwiseConvolution, gatheredConvolution } from "../kernels/convolution.js";
import { convolutionRows } from "../kernels/rows/convolution.js";
import { pointwiseDirectRows } from "../kernels/rows/pointwise-direct.js";
import { pointwiseRows } from "../kernels/rows/pointwise.js";
import { convolutionProducts } from "../kernels/convolution-products.js";
import { groupedConvolution } from "../kernels/grouped-convolution.js";
import { pointwiseKernels } from "../kernels/pointwise.js";
import { unless } from "../kernels/unless.js";
import type { OperatorAttributes } from "./attributes.js";
import { channelsOf } from "./channels.js";
import type { Operator, ResolveContext, Typed } from "./operator.js";
import type { Constant } from "../ir/graph.js";
import { elements } from "../ir/graph.js";
import { activate, activationLimits } from "./arithmetic/activation.js";
import { int32Bias, int8Values, realBias, realValues } from "./arithmetic/constants.js";
import { clamp, multiplyByQuantizedMultiplier } from "./arithmetic/fixed-point.js";
import { multiplyMatrix } from "./arithmetic/matrix.js";
import { activationOption, count, int8Input, pair, resultType } from "./rules/options.js";
import { convMultipliers, int8Data, quantizationOf } from "./arithmetic/quantization.js";
import { resolveBias } from "./rules/bias.js";
import { sumsOverChannels } from "./arithmetic/sum-intervals.js";
import { tapsOf, type Taps } from "./arithmetic/taps.js";
import { channelsRead, convIntervals, keepChannels } from "./rules/weighted-channels.js";
import { forEachWindow } from "./arithmetic/windows.js";
import { resolveWindow } from "./rules/window-options.js";

type Attributes = OperatorAttributes["conv2d"];

/** 2-D convolution, [height, width, in] -> [height', width', out]; in groups where the weights have fewer input channels. */
export const conv2d: Operator<"conv2d"> = {
  kind: "conv2d",
  tflite: "CONV_2D",

  resolve(context) {
    const options = context.node.attributes;
    const [height, width, channels] = int8Input(context, 3);
    const weights = resolveWeights(context, channels);
    const [filters, rows, columns] = weights.shape;
    const { window, size } = resolveWindow(context, options, [rows, columns], [height, width]);
    const bias = resolveBias(context, options.bias, weights, filters);
    const activation = activationOption(context, options.activation);
    return {
      attributes: { ...window, activation, weights, bias },
      output: resultType(context, [...size, filters]),
    };
  },

  quantization: () => "calibrated",

  macs(operation, _inputs, output) {
    const [rows, columns] = operation.attributes.kernel;
    return elements(output.shape) * rows * columns * operation.attributes.weights.shape[3];
  },

  float(operation, [data], [input], output) {
    const { weights, bias, activation } = operation.attributes;
    const filters = output.shape[2];
    const result = new Float32Array(elements(output.shape));
    const matrix = realValues(weights, "first");
    const patch = new Float32Array(patchSize(operation.attributes, input));
    const offsets = realBias(bias, filters);
    const groups = groupsOf(operation.attributes, input);
    forEachPatch(operation.attributes, input, output, data, patch, (pixel) => {
      if (groups.count === 1) return multiplyMatrix(matrix, offsets, patch, 0, result, pixel * filters);
      for (let filter = 0; filter < filters; filter++) {
        let sum = offsets[filter];
        for (let run = 0, w = filter * groups.products; run < groups.runs; run++) {
          const x = run * input.shape[2] + groups.firstChannel(filter);
          for (let i = 0; i < groups.length; i++) sum += patch[x + i] * matrix[w++];
        }
        result[pixel * filters + filter] = sum;
      }
    });
    return activate(activation, result);
  },

  reference(operation, [data], [input], output) {
    const { weights, bias, activation } = operation.attributes;
    const filters = output.shape[2];
    const kernel = int8Values(weights);
    const offsets = int32Bias(bias, filters);
    const from = quantizationOf(input);
    const to = quantizationOf(output);
    const multipliers = convMultipliers(weights, filters, from, to);
    const [least, most] = activationLimits(activation, to);
    const result = new Int8Array(elements(output.shape));
    // Padding holds the zero point, so it adds nothing; |patch| <= 255, and sums wrap in int32 as TFLite's do.
    const patch = new Int16Array(patchSize(operation.attributes, input));
    const centred = Int16Array.from(int8Data(data), (value) => value - from.zeroPoint);
    const groups = groupsOf(operation.attributes, input);
    forEachPatch(operation.attributes, input, output, centred, patch, (pixel) => {
      for (let filter = 0; filter < filters; filter++) {
        let sum = offsets[filter];
        for (let run = 0, w = filter * groups.products; run < groups.runs; run++) {
          const x = run * input.shape[2] + groups.firstChannel(filter);
          for (let i = 0; i < groups.length; i++) sum = (sum + Math.imul(patch[x + i], kernel[w++])) | 0;
        }
        const scaled = multiplyByQuantizedMultiplier(sum, multipliers[filter]) + to.zeroPoint;
        result[pixel * filters + filter] = clamp(scaled, least, most);
      }
    });
    return result;
  },

  intervals(operation, [data], [input], output) {
    const { attributes } = operation;
    const [filters, , , depth] = attributes.weights.shape;
    const taps = tapsOfLayer(attributes, input, output);
    const [from, { firstChannel }] = [quantizationOf(input), groupsOf(attributes, input)];
    const sizes = [filters, taps.count, depth] as const;
    const sums = sumsOverChannels(int8Values(attributes.weights), sizes, data, from.zeroPoint, firstChannel);
    const multipliers = convMultipliers(attributes.weights, filters, from, quantizationOf(output));
    return convIntervals(attributes, sums, taps, multipliers, output);
  },

  channels: {
    // Groups have as many channels each, so none can go.
    links: ({ attributes: { weights } }, [input]) =>
      weights.shape[3] === channelsOf(input) ? [undefined] : undefined,
    reads: ({ attributes }, input, output, data, wanted) =>
      channelsRead(attributes, tapsOfLayer(attributes, input, output), quantizationOf(input), data, wanted),
    keep: ({ attributes }, input, output, data, kept) =>
      keepChannels(attributes, tapsOfLayer(attributes, input, output), quantizationOf(input), data, kept),
  },

  kernels: [
    groupedConvolution,
    ...pointwiseKernels,
    ...convolutionProducts.map((kernel) => unless(pointwiseKernels, kernel)),
    // Those that read biased activations have weights of 16 bits: deep layers may want them in 8.
    unless(
      [groupedConvolution, ...pointwiseKernels.filter(({ readsBiased }) => !readsBiased)],
      pointwiseConvolution,
    ),
    unless([groupedConvolution, ...pointwiseKernels, ...convolutionProducts], gatheredConvolution),
  ],
  rowKernels: [...pointwiseRows, pointwiseDirectRows, ...convolutionRows],
};

function resolveWeights(context: ResolveContext<"conv2d">, channels: number): Constant {
  const { weights, filters, kernel } = context.node.attributes;
  const wanted = filters === undefined ? -1 : count(context, "filters", filters);
  const [rows, columns] = kernel === undefined ? [-1, -1] : pair(context, "kernel", kernel);
  const groups = context.node.attributes.groups ?? 1;
  if (count(context, "groups", groups) > 1 && channels % groups !== 0) {
    context.fail("groups", `${groups} groups of ${channels} input channels`, "a divisor of their number");
  }
  const depth = channels / groups;
  if (weights) {
    const found = context.constant("weights", weights, [wanted, rows, columns, depth], "conv");
    if (found) return checkGroups(context, found, groups);
  }
  if (wanted === -1 || rows === -1) {
    context.fail(undefined, "there are no weights", "weights, or filters and kernel");
  }
  return checkGroups(context, context.untrained([wanted, rows, columns, depth]), groups);
}

function checkGroups(context: ResolveContext<"conv2d">, weights: Constant, groups: number): Constant {
  const [filters] = weights.shape;
  if (filters % groups === 0) return weights;
  return context.fail(
    "groups",
    `${groups} groups of ${filters} output channels`,
    "a divisor of their number",
  );
}

function tapsOfLayer(window: Attributes, { shape: [height, width] }: Typed, output: Typed): Taps {
  return tapsOf(window, [height, width], [output.shape[0], output.shape[1]]);
}

/** Elements of what a window sees: all input channels. */
function patchSize({ kernel }: Attributes, input: Typed): number {
  return kernel[0] * kernel[1] * input.shape[2];
}

interface Groups {
  readonly count: number;
  /** Products of one output channel: so many runs, each of `length` neighbours in the patch. */
  readonly products: number;
  readonly runs: number;
  readonly length: number;
  firstChannel(filter: number): number;
}

/** Output channels of the g-th group see its input channels only: those from g * depth on. A single group is one run. */
function groupsOf({ kernel, weights }: Attributes, input: Typed): Groups {
  const [filters, , , depth] = weights.shape;
  const taps = kernel[0] * kernel[1];
  const count = input.shape[2] / depth;
  return {
    count,
    products: taps * depth,
    runs: count === 1 ? 1 : taps,
    length: count === 1 ? taps * depth : depth,
    firstChannel: (filter) => Math.floor(filter / (filters / count)) * depth,
  };
}

/** Copies what each window sees, zeros in the padding, to `patch` ([row, column, channel]) and visits it. */
function forEachPatch<Data extends Float32Array | Int16Array>(
  window: Attributes,
  input: Typed,
  output: Typed,
  data: Data,
  patch: Data,
  visit: (pixel: number) => void,
): void {
  const [height, width, channels] = input.shape;
  const { kernel, dilation } = window;
  forEachWindow(window, [height, width], [output.shape[0], output.shape[1]], (pixel, y, x, rows, columns) => {
    if (rows[1] - rows[0] < kernel[0] || columns[1] - columns[0] < kernel[1]) patch.fill(0);
    for (let row = rows[0]; row < rows[1]; row++) {
      for (let column = columns[0]; column < columns[1]; column++) {
        const from = ((y + row * dilation[0]) * width + x + column * dilation[1]) * channels;
        const to = (row * kernel[1] + column) * channels;
        for (let channel = 0; channel < channels; channel++) patch[to + channel] = data[from + channel];
      }
    }
    visit(pixel);
  });
}
