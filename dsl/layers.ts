/** The operators as users call them. Each records one node; sizes and values are checked when the network is compiled. */

import { addNode, DslError, type NodeOutput } from "./graph.js";
import type * as S from "./signatures.js";
import type { DType, Tensor } from "./tensor.js";

type Out<Rank extends number = any, Type extends DType = "int8"> = Tensor<Rank, Type>;

function record<K extends S.OperatorName>(
  operator: K,
  inputs: readonly unknown[],
  attributes: S.Signatures[K],
): any {
  return addNode(operator, layerName(operator, attributes), inputs as NodeOutput[], attributes);
}

/** `name`, else the weights' own name without its last part, else the operator. */
function layerName(operator: string, attributes: object): string {
  const { name, weights, scale, quantization } = attributes as Record<string, any>;
  if (name !== undefined) return name;
  const tensor = weights?.name ?? scale?.name;
  if (tensor !== undefined) return tensor.replace(/\.[^.]*$/, "");
  return quantization?.kind === "quantization" ? quantization.name : operator;
}

/**
 * An input of the network.
 * @param name of the input in the C API: `<net>_input_<name>()`
 * @param shape sizes without the batch: `[height, width, channels]`, `[features]` …
 * @param options.dtype `"int8"` (default) or `"float32"` (then `quantize` it)
 * @param options.quantization of the int8 values; left out, by calibration
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
  return record("constant", [], { ...options, name: options.name ?? tensor.name, tensor });
}

/**
 * 2-D convolution, [height, width, in] -> [height', width', out].
 * Give `weights` (`...w.conv("name")`), or `filters` and `kernel` before there are any.
 */
export function conv2d(x: Tensor<3>, options: S.Conv2DOptions): Out<3> {
  return record("conv2d", [x], options);
}

/** Depthwise convolution, [height, width, channels] -> [height', width', channels * depthMultiplier]. Output channel c reads input channel floor(c / depthMultiplier). */
export function depthwiseConv2d(x: Tensor<3>, options: S.DepthwiseConv2DOptions): Out<3> {
  return record("depthwiseConv2d", [x], options);
}

/** Fully connected layer over the last dimension, [.., in] -> [.., out]. */
export function dense<Rank extends number>(x: Tensor<Rank>, options: S.DenseOptions): Out<Rank> {
  return record("dense", [x], options);
}

/** Sum of two tensors of the same shape (a residual connection). */
export function add<Rank extends number>(
  a: Tensor<Rank>,
  b: Tensor<NoInfer<Rank>>,
  options: S.AddOptions = {},
): Out<Rank> {
  return record("add", [a, b], options);
}

/** Mean of each window; positions outside of the image do not count. */
export function averagePool2d(x: Tensor<3>, options: S.Pool2DOptions): Out<3> {
  return record("averagePool2d", [x], options);
}

/** Maximum of each window. */
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

/** Mean over `axes`. */
export function mean(x: Tensor, options: S.MeanOptions): Out {
  return record("mean", [x], options);
}

/** Zeros around the tensor; they fold into a following convolution. */
export function pad<Rank extends number>(x: Tensor<Rank>, options: S.PadOptions): Out<Rank> {
  return record("pad", [x], options);
}

/** The same elements under other sizes; costs nothing. One size may be -1. */
export function reshape<const Shape extends readonly number[]>(
  x: Tensor,
  shape: Shape,
  options: S.CommonOptions = {},
): Out<Shape["length"]> {
  return record("reshape", [x], { ...options, shape });
}

/** All elements in one dimension; costs nothing. */
export function flatten(x: Tensor, options: S.CommonOptions = {}): Out<1> {
  return record("reshape", [x], {
    ...options,
    shape: [-1],
    name: options.name ?? layerName("flatten", options),
  });
}

/** Dimensions in another order: `transpose(x, [2, 0, 1])` takes height x width x channels to channels x height x width. */
export function transpose<Rank extends number>(
  x: Tensor<Rank>,
  permutation: readonly number[],
  options: S.CommonOptions = {},
): Out<Rank> {
  return record("transpose", [x], { ...options, permutation });
}

/** Softmax over the last dimension. int8 results have scale 1/256 and zero point -128. */
export function softmax<Rank extends number>(x: Tensor<Rank>, options: S.SoftmaxOptions = {}): Out<Rank> {
  return record("softmax", [x], options);
}

/** max(x, 0). Folds into the layer before it where that is exact. */
export function relu<Rank extends number>(x: Tensor<Rank>, options: S.CommonOptions = {}): Out<Rank> {
  return record("relu", [x], options);
}

/** min(max(x, 0), 6). Folds into the layer before it where that is exact. */
export function relu6<Rank extends number>(x: Tensor<Rank>, options: S.CommonOptions = {}): Out<Rank> {
  return record("relu6", [x], options);
}

/** Batch normalisation with fixed statistics over the last dimension; folds into the convolution or dense layer before it. */
export function batchNorm<Rank extends number>(x: Tensor<Rank>, options: S.BatchNormOptions): Out<Rank> {
  return record("batchNorm", [x], options);
}

/** float32 -> int8, or int8 -> int8 of another scale. */
export function quantize<Rank extends number>(
  x: Tensor<Rank, DType>,
  options: S.CommonOptions = {},
): Out<Rank> {
  return record("quantize", [x], options);
}

/** int8 -> float32: scale * (q - zeroPoint). */
export function dequantize<Rank extends number>(
  x: Tensor<Rank>,
  options: Omit<S.CommonOptions, "quantization"> = {},
): Out<Rank, "float32"> {
  return record("dequantize", [x], options);
}
