/**
 * Operators that move elements, and resizing. What is one stretch of its input's memory is a view, and costs nothing. The result has the
 * input's quantisation; `concatenate` and `stack` give theirs to their inputs.
 */

import { DslError } from "../graph.js";
import type * as S from "../signatures.js";
import type { DType, Tensor } from "../tensor.js";
import { layerName, record, type Out } from "./record.js";

/** Zeros (or `value`) around the tensor, `[before, after]` in every dimension; zeros fold into a following convolution. */
export function pad<Rank extends number>(x: Tensor<Rank>, options: S.PadOptions): Out<Rank> {
  return record("pad", [x], options);
}

/** The same elements under other sizes; costs nothing. One size may be -1. */
export function reshape<const Shape extends readonly number[], Type extends DType = "int8">(
  x: Tensor<any, Type>,
  shape: Shape,
  options: S.CommonOptions = {},
): Out<Shape["length"], Type> {
  return record("reshape", [x], { ...options, shape });
}

/** All elements in one dimension; costs nothing. */
export function flatten<Type extends DType = "int8">(
  x: Tensor<any, Type>,
  options: S.CommonOptions = {},
): Out<1, Type> {
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

/**
 * Tensors one after the other along `axis` (default the last, the channels). int8 tensors of different quantisation are requantised to
 * the result's. Along the outermost dimension it costs nothing.
 */
export function concatenate<Rank extends number>(
  tensors: readonly Tensor<Rank>[],
  options: S.ConcatenateOptions = {},
): Tensor<Rank> {
  if (!Array.isArray(tensors)) throw new DslError("concatenate() expects a list of tensors", "tensors");
  return record("concatenate", tensors, options);
}

/** Tensors of one shape one after the other along a new dimension, `axis` of the result. */
export function stack(tensors: readonly Tensor[], options: S.AxisOptions): Tensor {
  if (!Array.isArray(tensors)) throw new DslError("stack() expects a list of tensors", "tensors");
  const { axis, name = "stack", ...others } = options;
  const expanded = tensors.map((x) => expandDims(x, axis, { name: `${name}_expand` }));
  // Counted from the last, the axis is that of the result, as it is.
  return record("concatenate", expanded, { ...others, name, axis });
}

/** The part that starts at `begin` and has `size` elements in every dimension; a size of -1 takes all that are left. */
export function slice<Rank extends number>(
  x: Tensor<Rank>,
  begin: readonly number[],
  size: readonly number[],
  options: S.CommonOptions = {},
): Tensor<Rank> {
  return record("slice", [x], { ...options, begin, size });
}

/**
 * In every dimension the elements from `begin` on, before `end`, by `strides` (default 1), as Python's x[begin:end:stride]: positions
 * below 0 count from the end, those outside mean the end, strides below 0 go backwards. All dimensions stay.
 */
export function stridedSlice<Rank extends number>(
  x: Tensor<Rank>,
  begin: readonly number[],
  end: readonly number[],
  options: S.CommonOptions & { readonly strides?: readonly number[] } = {},
): Tensor<Rank> {
  return record("slice", [x], { ...options, begin, end });
}

/**
 * The tensor cut along `axis`: into so many equal parts, or into parts of the given sizes. Along the outermost dimension it costs
 * nothing: `const [left, right] = split(x, 2, { axis: -1 })`.
 */
export function split<Rank extends number>(
  x: Tensor<Rank>,
  parts: number | readonly number[],
  options: S.AxisOptions,
): Tensor<Rank>[] {
  return Array.from({ length: countOf(parts, "parts") }, (_, index) =>
    record("split", [x], { ...options, parts, index }),
  );
}

/** The `count` slices of size 1 along `axis`, without that dimension: the inverse of `stack`. */
export function unstack(x: Tensor, count: number, options: S.AxisOptions): Tensor[] {
  const { axis, name = "unstack", ...others } = options;
  const parts = Array<number>(countOf(count, "count")).fill(1);
  return parts.map((_, index) => {
    const part = record("split", [x], { name: `${name}_part`, axis, parts, index });
    return squeeze(part, { ...others, name, axes: [axis] });
  });
}

/** More results than this are a mistake. */
const mostParts = 1024;

function countOf(parts: number | readonly number[], parameter: string): number {
  const count = typeof parts === "number" ? parts : Array.isArray(parts) ? parts.length : NaN;
  if (Number.isInteger(count) && count >= 1 && count <= mostParts) return count;
  throw new DslError(`${parameter} must stand for 1 to ${mostParts} parts`, parameter);
}

/** The slices of dimension `axis` at `indices` (whole numbers from 0), in that order: the dimension gets as many elements. */
export function gather<Rank extends number>(
  x: Tensor<Rank>,
  indices: readonly number[],
  options: S.AxisOptions,
): Tensor<Rank> {
  return record("gather", [x], { ...options, indices });
}

/** The tensor repeated: `tile(x, [1, 2, 1])` is twice as wide. */
export function tile<Rank extends number>(
  x: Tensor<Rank>,
  repeats: readonly number[],
  options: S.CommonOptions = {},
): Tensor<Rank> {
  return record("tile", [x], { ...options, repeats });
}

/** Dimensions of size 1, and new ones in front, repeated to the sizes of `shape`. */
export function broadcastTo<const Shape extends readonly number[]>(
  x: Tensor,
  shape: Shape,
  options: S.CommonOptions = {},
): Tensor<Shape["length"]> {
  return record("broadcastTo", [x], { ...options, shape });
}

/** The tensor continued by its mirror images, in every dimension by `paddings`: at most as far as the tensor is large. */
export function mirrorPad<Rank extends number>(x: Tensor<Rank>, options: S.MirrorPadOptions): Tensor<Rank> {
  return record("mirrorPad", [x], options);
}

/**
 * Blocks of pixels become channels, [height, width, c] -> [height / b, width / b, b * b * c]: all channels of the block's first pixel, then
 * those of the next (as TensorFlow; PyTorch's pixel_unshuffle has the block's pixels innermost).
 */
export function spaceToDepth(x: Tensor<3>, blockSize: number, options: S.CommonOptions = {}): Tensor<3> {
  return record("spaceToDepth", [x], { ...options, blockSize });
}

/** Channels become blocks of pixels, [height, width, b * b * c] -> [height * b, width * b, c]: the inverse of `spaceToDepth`. */
export function depthToSpace(x: Tensor<3>, blockSize: number, options: S.CommonOptions = {}): Tensor<3> {
  return record("depthToSpace", [x], { ...options, blockSize });
}

/**
 * Every b-th pixel becomes an image of its own, [n, height, width, ..] -> [b * b * n, height / b, width / b, ..] after padding with zeros.
 * The first dimension is the batch: give it with `expandDims(x, 0)`.
 */
export function spaceToBatch<Rank extends number>(
  x: Tensor<Rank>,
  options: S.SpaceToBatchOptions,
): Tensor<Rank> {
  return record("spaceToBatch", [x], options);
}

/** Images are interleaved to larger ones, [b * b * n, height, width, ..] -> [n, height * b, width * b, ..], and cropped: the inverse of `spaceToBatch`. */
export function batchToSpace<Rank extends number>(
  x: Tensor<Rank>,
  options: S.BatchToSpaceOptions,
): Tensor<Rank> {
  return record("batchToSpace", [x], options);
}

/** A new dimension of size 1, `axis` of the result; costs nothing. */
export function expandDims(x: Tensor, axis: number, options: S.CommonOptions = {}): Tensor {
  return record("expandDims", [x], { ...options, axis });
}

/** Without the dimensions `axes` (default all) of size 1; costs nothing. */
export function squeeze(x: Tensor, options: S.SqueezeOptions = {}): Tensor {
  return record("squeeze", [x], options);
}

/** An image in another size, [height, width, channels] -> [size[0], size[1], channels]; every pixel is the nearest of the input's. */
export function resizeNearest(
  x: Tensor<3>,
  size: S.ResizeOptions["size"],
  options: Omit<S.ResizeOptions, "size"> = {},
): Tensor<3> {
  return record("resizeNearest", [x], { ...options, size });
}

/** An image in another size, [height, width, channels] -> [size[0], size[1], channels], bilinearly interpolated. */
export function resizeBilinear(
  x: Tensor<3>,
  size: S.ResizeOptions["size"],
  options: Omit<S.ResizeOptions, "size"> = {},
): Tensor<3> {
  return record("resizeBilinear", [x], { ...options, size });
}
