/** Convolutions, dense layers, normalisation and pooling. */

import type { Window } from "../../../ops/attributes.js";
import { realBias, realValues } from "../../../ops/arithmetic/constants.js";
import { positions } from "../../../ops/arithmetic/positions.js";
import { elements, type Constant } from "../../../ir/graph.js";
import { activated, channelsFirstAgain, channelsLast, reshaped, type Call } from "./call.js";
import { dimensionOf, type Builder } from "./builder.js";

export function translateConv2D({ operation, inputs, types, builder }: Call<"conv2d">): string {
  const { weights, bias, activation } = operation.attributes;
  const [filters, rows, columns, depth] = weights.shape;
  const sizes = [filters, depth, rows, columns];
  // [out, row, column, in] to [out, in, row, column].
  const kernel = rearranged(weights, "first", sizes, [rows * columns * depth, 1, columns * depth, depth]);
  const group = types[0].shape[2] / depth;
  const operands = [inputs[0], builder.constant(kernel, sizes), ...biasOf(builder, bias, filters)];
  const attributes = { ...windowOf(operation.attributes), group };
  return activated(builder, builder.node("Conv", operands, attributes), activation);
}

export function translateDepthwiseConv2D({
  operation,
  inputs,
  types,
  builder,
}: Call<"depthwiseConv2d">): string {
  const { weights, bias, activation } = operation.attributes;
  const [rows, columns, filters] = weights.shape;
  const sizes = [filters, 1, rows, columns];
  const kernel = rearranged(weights, "last", sizes, [1, 0, columns * filters, filters]);
  const operands = [inputs[0], builder.constant(kernel, sizes), ...biasOf(builder, bias, filters)];
  const attributes = { ...windowOf(operation.attributes), group: types[0].shape[2] };
  return activated(builder, builder.node("Conv", operands, attributes), activation);
}

export function translateConv2DTranspose({
  operation,
  inputs,
  types: [input],
  output,
  builder,
}: Call<"conv2dTranspose">): string {
  const { weights, bias, activation, kernel, stride, padding } = operation.attributes;
  const [filters, rows, columns, depth] = weights.shape;
  const sizes = [depth, filters, rows, columns];
  const strides = [1, rows * columns * depth, columns * depth, depth];
  const values = builder.constant(rearranged(weights, "first", sizes, strides), sizes);
  // Rows and columns of the full result that are cut off at its end; below 0: that are missing.
  const [below, right] = ([0, 1] as const).map((axis) => {
    const full = (input.shape[axis] - 1) * stride[axis] + kernel[axis];
    return full - (axis === 0 ? padding.top : padding.left) - output.shape[axis];
  });
  const attributes = {
    kernel_shape: kernel,
    strides: stride,
    pads: [padding.top, padding.left, Math.max(0, below), Math.max(0, right)],
    output_padding: [Math.max(0, -below), Math.max(0, -right)],
  };
  const operands = [inputs[0], values, ...biasOf(builder, bias, filters)];
  return activated(builder, builder.node("ConvTranspose", operands, attributes), activation);
}

export function translateDense({ operation, inputs, types, output, builder }: Call<"dense">): string {
  const { weights, bias, activation } = operation.attributes;
  const [units] = weights.shape;
  const matrix = realValues(weights, "first");
  const offsets = biasOf(builder, bias, units);
  if (types[0].shape.length === 1) {
    const operands = [inputs[0], builder.constant(matrix, weights.shape), ...offsets];
    return activated(builder, builder.node("Gemm", operands, { transB: 1 }), activation);
  }
  const rows = channelsLast(builder, inputs[0], types[0]);
  const transposed = rearranged(weights, "first", [weights.shape[1], units], [1, weights.shape[1]]);
  const products = builder.node("MatMul", [rows, builder.constant(transposed, [weights.shape[1], units])]);
  const sums = offsets.length > 0 ? builder.node("Add", [products, ...offsets]) : products;
  return activated(builder, channelsFirstAgain(builder, sums, output), activation);
}

export function translateBatchNorm({ operation, inputs, builder }: Call<"batchNorm">): string {
  const { activation, epsilon, scale, shift, mean, variance } = operation.attributes;
  const vectors = [scale, shift, mean, variance].map((one) =>
    builder.constant(realValues(one, "last"), one.shape),
  );
  const result = builder.node("BatchNormalization", [inputs[0], ...vectors], { epsilon });
  return activated(builder, result, activation);
}

export function translateAveragePool2D({ operation, inputs, builder }: Call<"averagePool2d">): string {
  const { activation } = operation.attributes;
  const { kernel_shape, strides, pads } = windowOf(operation.attributes);
  const attributes = { kernel_shape, strides, pads, count_include_pad: 0 };
  return activated(builder, builder.node("AveragePool", inputs, attributes), activation);
}

export function translateMaxPool2D({ operation, inputs, builder }: Call<"maxPool2d">): string {
  const { activation } = operation.attributes;
  const { kernel_shape, strides, pads } = windowOf(operation.attributes);
  return activated(builder, builder.node("MaxPool", inputs, { kernel_shape, strides, pads }), activation);
}

/** Over all pixels of an image there is an operator of its own, which is faster. */
export function translateMean(call: Call<"mean">): string {
  const { operation, inputs, types, output, builder } = call;
  const { axes } = operation.attributes;
  const { shape } = types[0];
  if (shape.length === 3 && axes.length === 2 && axes[0] === 0 && axes[1] === 1) {
    const means = builder.node("GlobalAveragePool", inputs);
    return output.shape.length === 3 ? means : builder.node("Flatten", [means], { axis: 1 });
  }
  return reduced("ReduceMean", call);
}

export const translateReduceMax = (call: Call<"reduceMax">) => reduced("ReduceMax", call);
export const translateReduceMin = (call: Call<"reduceMin">) => reduced("ReduceMin", call);

function reduced(
  operator: string,
  { operation, inputs, types, output, builder }: Call<"mean" | "reduceMax" | "reduceMin">,
): string {
  const { axes } = operation.attributes;
  const rank = types[0].shape.length;
  const dimensions = axes.map((axis) => dimensionOf(axis, rank)).sort((a, b) => a - b);
  const kept = builder.node(operator, inputs, { axes: dimensions, keepdims: 1 });
  if (output.shape.length === rank) return kept;
  // With all dimensions there, those of 1 may go wherever they are; then the last one that is left is the channels.
  const type = { ...types[0], shape: types[0].shape.map((size, i) => (axes.includes(i) ? 1 : size)) };
  const last = reshaped(builder, channelsLast(builder, kept, type), output.shape);
  return channelsFirstAgain(builder, last, output);
}

function windowOf({ kernel, stride, dilation, padding }: Window) {
  const { top, bottom, left, right } = padding;
  return { kernel_shape: kernel, strides: stride, dilations: dilation, pads: [top, left, bottom, right] };
}

function biasOf(builder: Builder, bias: Constant | undefined, channels: number): string[] {
  return bias ? [builder.constant(realBias(bias, channels), [channels])] : [];
}

/** A constant's values with its dimensions in another order: `distances` between neighbours along those of the result. */
function rearranged(
  constant: Constant,
  channels: "first" | "last",
  sizes: readonly number[],
  distances: readonly number[],
): Float32Array {
  const values = realValues(constant, channels);
  const result = new Float32Array(elements(sizes));
  const index = positions(sizes, distances);
  for (let i = 0; i < result.length; i++) result[i] = values[index[i]];
  return result;
}
