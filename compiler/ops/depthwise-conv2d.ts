import { depthwiseDirect } from "../kernels/depthwise-direct.js";
import { depthwiseLineRows, depthwisePackedLineRows } from "../kernels/rows/depthwise.js";
import { depthwisePackedRowRows, depthwiseRowRows } from "../kernels/rows/depthwise-rows.js";
import {
  depthwiseBorders,
  depthwiseLines,
  depthwisePacked,
  depthwisePackedBorders,
} from "../kernels/depthwise-lines.js";
import { unless } from "../kernels/unless.js";
import type { Constant } from "../ir/graph.js";
import { elements } from "../ir/graph.js";
import type { Operator, ResolveContext } from "./operator.js";
import { activate, activationLimits } from "./arithmetic/activation.js";
import { int32Bias, int8Values, realBias, realValues } from "./arithmetic/constants.js";
import { clamp, multiplyByQuantizedMultiplier } from "./arithmetic/fixed-point.js";
import { activationOption, count, int8Input, pair, resultType } from "./rules/options.js";
import { convMultipliers, int8Data, quantizationOf } from "./arithmetic/quantization.js";
import { shapeText } from "../diagnostics/shape-text.js";
import { sumsOfEachChannel } from "./arithmetic/sum-intervals.js";
import { tapsOf } from "./arithmetic/taps.js";
import { resolveBias } from "./rules/bias.js";
import { convIntervals, keepFilters } from "./rules/weighted-channels.js";
import { forEachWindow } from "./arithmetic/windows.js";
import { resolveWindow } from "./rules/window-options.js";

/** Depthwise convolution: output channel c reads input channel floor(c / depthMultiplier) only. */
export const depthwiseConv2d: Operator<"depthwiseConv2d"> = {
  kind: "depthwiseConv2d",
  tflite: "DEPTHWISE_CONV_2D",

  resolve(context) {
    const options = context.node.attributes;
    const [height, width, channels] = int8Input(context, 3);
    const weights = resolveWeights(context, channels);
    const [rows, columns, filters] = weights.shape;
    const { window, size } = resolveWindow(context, options, [rows, columns], [height, width]);
    const bias = resolveBias(context, options.bias, weights, filters);
    const activation = activationOption(context, options.activation);
    return {
      attributes: { ...window, activation, depthMultiplier: filters / channels, weights, bias },
      output: resultType(context, [...size, filters]),
    };
  },

  quantization: () => "calibrated",

  macs(operation, _inputs, output) {
    const [rows, columns] = operation.attributes.kernel;
    return elements(output.shape) * rows * columns;
  },

  float(operation, [data], [input], output) {
    const { weights, bias, activation, depthMultiplier, kernel, dilation } = operation.attributes;
    const [height, width, channels] = input.shape;
    const filters = output.shape[2];
    const taps = realValues(weights, "last");
    const offsets = realBias(bias, filters);
    const sums = new Float64Array(filters);
    const result = new Float32Array(elements(output.shape));
    const size = [output.shape[0], output.shape[1]] as const;
    forEachWindow(operation.attributes, [height, width], size, (pixel, y, x, rows, columns) => {
      sums.set(offsets);
      for (let row = rows[0]; row < rows[1]; row++) {
        for (let column = columns[0]; column < columns[1]; column++) {
          const from = ((y + row * dilation[0]) * width + x + column * dilation[1]) * channels;
          const tap = (row * kernel[1] + column) * filters;
          if (depthMultiplier === 1) {
            for (let filter = 0; filter < filters; filter++)
              sums[filter] += data[from + filter] * taps[tap + filter];
          } else {
            for (let filter = 0; filter < filters; filter++) {
              sums[filter] += data[from + Math.floor(filter / depthMultiplier)] * taps[tap + filter];
            }
          }
        }
      }
      result.set(sums, pixel * filters);
    });
    return activate(activation, result);
  },

  reference(operation, [data], [input], output) {
    const { weights, bias, activation, depthMultiplier, kernel, dilation } = operation.attributes;
    const [height, width, channels] = input.shape;
    const filters = output.shape[2];
    const source = int8Data(data);
    const taps = int8Values(weights);
    const offsets = int32Bias(bias, filters);
    const from = quantizationOf(input);
    const to = quantizationOf(output);
    const multipliers = convMultipliers(weights, filters, from, to);
    const [least, most] = activationLimits(activation, to);
    const result = new Int8Array(elements(output.shape));
    const sums = new Int32Array(filters);
    const size = [output.shape[0], output.shape[1]] as const;
    forEachWindow(operation.attributes, [height, width], size, (pixel, y, x, rows, columns) => {
      sums.set(offsets);
      for (let row = rows[0]; row < rows[1]; row++) {
        for (let column = columns[0]; column < columns[1]; column++) {
          const first = ((y + row * dilation[0]) * width + x + column * dilation[1]) * channels;
          const tap = (row * kernel[1] + column) * filters;
          for (let filter = 0; filter < filters; filter++) {
            const value = source[first + ((filter / depthMultiplier) | 0)] - from.zeroPoint;
            sums[filter] += Math.imul(value, taps[tap + filter]);
          }
        }
      }
      for (let filter = 0; filter < filters; filter++) {
        const scaled = multiplyByQuantizedMultiplier(sums[filter], multipliers[filter]) + to.zeroPoint;
        result[pixel * filters + filter] = clamp(scaled, least, most);
      }
    });
    return result;
  },

  intervals(operation, [data], [input], output) {
    const { attributes } = operation;
    const { weights, depthMultiplier } = attributes;
    const [height, width] = input.shape;
    const taps = tapsOf(attributes, [height, width], [output.shape[0], output.shape[1]]);
    const from = quantizationOf(input);
    const sums = sumsOfEachChannel(int8Values(weights), taps.count, depthMultiplier, data, from.zeroPoint);
    const multipliers = convMultipliers(weights, output.shape[2], from, quantizationOf(output));
    return convIntervals(attributes, sums, taps, multipliers, output);
  },

  channels: {
    links: ({ attributes: { depthMultiplier } }, _inputs, output) => [
      Array.from(
        { length: output.shape[2] },
        (_, filter) => [Math.floor(filter / depthMultiplier), filter] as const,
      ),
    ],
    keep: ({ attributes }, _input, _output, _data, { output }) => keepFilters(attributes, output),
  },

  kernels: [
    depthwiseLines,
    depthwisePacked,
    depthwiseBorders,
    depthwisePackedBorders,
    unless([depthwiseLines], depthwiseDirect),
  ],
  rowKernels: [depthwiseLineRows, depthwisePackedLineRows, depthwiseRowRows, depthwisePackedRowRows],
};

function resolveWeights(context: ResolveContext<"depthwiseConv2d">, channels: number): Constant {
  const { weights, kernel, depthMultiplier } = context.node.attributes;
  const [rows, columns] = kernel === undefined ? [-1, -1] : pair(context, "kernel", kernel);
  // How many channels a super-network's tensor has says nothing about a member's.
  const isOpen = depthMultiplier === undefined && !weights?.elastic;
  const filters = isOpen ? -1 : channels * count(context, "depthMultiplier", depthMultiplier ?? 1);
  if (weights) {
    const found = context.constant("weights", weights, [rows, columns, filters], "depthwise");
    if (found && found.shape[2] % channels !== 0) {
      context.fail(
        "weights",
        `the weights ${shapeText(found.shape)} have ${found.shape[2]} channels and the input has ${channels}`,
        `a multiple of ${channels}`,
      );
    }
    if (found) return found;
  }
  if (rows === -1) context.fail(undefined, "there are no weights", "weights, or kernel");
  return context.untrained([rows, columns, filters === -1 ? channels : filters]);
}
