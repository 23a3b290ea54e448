/**
 * The operators as users call them: the network's edges, layers with weights, pooling; the others are in layers/. Each call records
 * nodes of the network; shapes, values and weights are checked when it is compiled, with diagnostics at the call (MCU20xx). What
 * cannot be recorded at all throws `DslError`.
 */

import { addNode, DslError } from "./graph.js";
import { layerName, record, type Out } from "./layers/record.js";
import type * as S from "./signatures.js";
import type { DType, Tensor } from "./tensor.js";

/**
 * An input of the network.
 * @param name of the input in the C API: `<net>_input_<name>()`
 * @param shape sizes without the batch: `[height, width, channels]`, `[features]` …
 * @param options.dtype `"int8"` (default), or `"float32"` or `"uint8"` (then `quantize` it)
 * @param options.quantization of int8 values; left out, by calibration. uint8 needs it: `{ scale: 1 / 255, zeroPoint: 0 }` for pixels
 * @param options.feed `"rows"`: given row by row (`<net>_feed_<name>()`, shape[0] calls before a run), never stored as a whole
 */
export function input<const Shape extends readonly number[], Type extends DType = "int8">(
  name: string,
  shape: Shape,
  options: S.InputOptions & { readonly dtype?: Type } = {},
): Out<Shape["length"], Type> {
  if (typeof name !== "string" || name === "") throw new DslError("an input needs a name", "name");
  return addNode("input", name, [], { ...options, shape }) as any;
}

/**
 * A tensor that is the same in every inference, as an operand: `add(x, constant(w.tensor("offset")))`. Its shape is the
 * file's, without a batch. An int8 tensor needs its quantisation: `constant(w.tensor("offset"), w.quantization("offset"))`.
 */
export function constant(tensor: S.ConstantOptions["tensor"], options: S.CommonOptions = {}): Out {
  if (tensor?.kind !== "tensor")
    throw new DslError('constant() expects a tensor of a weights file: w.tensor("name")', "tensor");
  return record("constant", [], { ...options, name: options.name ?? tensor.name, tensor });
}

/**
 * 2-D convolution, [height, width, in] -> [height', width', out].
 * Give `weights` (`...w.conv("name")`), or `filters` and `kernel` before there are any.
 */
export function conv2d(x: Tensor<3>, options: S.Conv2DOptions): Out<3> {
  return record("conv2d", [x], options);
}

/**
 * Transposed 2-D convolution, for upsampling: [height, width, in] -> [height * stride, width * stride, out] with padding `"same"`,
 * (size - 1) * stride + kernel where nothing is cut off. Give `weights` (`...w.convTranspose("name")`), or `filters` and `kernel`.
 */
export function conv2dTranspose(x: Tensor<3>, options: S.Conv2DTransposeOptions): Out<3> {
  return record("conv2dTranspose", [x], options);
}

/** Depthwise convolution, [height, width, channels] -> [height', width', channels * depthMultiplier]. Output channel c reads input channel floor(c / depthMultiplier). */
export function depthwiseConv2d(x: Tensor<3>, options: S.DepthwiseConv2DOptions): Out<3> {
  return record("depthwiseConv2d", [x], options);
}

/** Fully connected layer over the last dimension, [.., in] -> [.., out]. */
export function dense<Rank extends number>(x: Tensor<Rank>, options: S.DenseOptions): Out<Rank> {
  return record("dense", [x], options);
}

/** Mean of each window, [height, width, channels] -> [height', width', channels]; positions outside of the image do not count. */
export function averagePool2d(x: Tensor<3>, options: S.Pool2DOptions): Out<3> {
  return record("averagePool2d", [x], options);
}

/** Maximum of each window, [height, width, channels] -> [height', width', channels]. */
export function maxPool2d(x: Tensor<3>, options: S.Pool2DOptions): Out<3> {
  return record("maxPool2d", [x], options);
}

/** Mean over all positions, [height, width, channels] -> [channels]. */
export function globalAveragePool(x: Tensor<3>, options: S.CommonOptions = {}): Out<1> {
  return record("mean", [x], {
    ...options,
    axes: [0, 1],
    name: options.name ?? layerName("globalAveragePool", options),
  });
}

/** Batch normalisation with fixed statistics over the last dimension; folds into the convolution or dense layer before it. */
export function batchNorm<Rank extends number>(x: Tensor<Rank>, options: S.BatchNormOptions): Out<Rank> {
  return record("batchNorm", [x], options);
}

/** float32, int8 or uint8 to int8 of its own scale, or to uint8: `quantize(x, { dtype: "uint8", quantization: … })`. */
export function quantize<Rank extends number, Type extends "int8" | "uint8" = "int8">(
  x: Tensor<Rank, "int8"> | Tensor<Rank, "uint8"> | Tensor<Rank, "float32">,
  options: S.QuantizeOptions & { readonly dtype?: Type } = {},
): Out<Rank, Type> {
  return record("quantize", [x], options);
}

/** int8 or uint8 -> float32: scale * (q - zeroPoint). */
export function dequantize<Rank extends number>(
  x: Tensor<Rank, "int8"> | Tensor<Rank, "uint8">,
  options: Omit<S.CommonOptions, "quantization"> = {},
): Out<Rank, "float32"> {
  return record("dequantize", [x], options);
}
