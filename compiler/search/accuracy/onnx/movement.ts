/** Operators that only move elements, and resizing. */

import type { Typed } from "../../../ops/operator.js";
import type { OperatorAttributes, Two } from "../../../ops/attributes.js";
import { clampedPosition, nearest, stepping } from "../../../ops/rules/resizing.js";
import { channelsFirst, dimensionOf, type Builder } from "./builder.js";
import { channelsFirstAgain, channelsLast, reshaped, type Call } from "./call.js";

export function translateReshape({ inputs, types, output, builder }: Call): string {
  const last = channelsLast(builder, inputs[0], types[0]);
  return channelsFirstAgain(builder, reshaped(builder, last, output.shape), output);
}

export function translateTranspose({ operation, inputs, types, builder }: Call<"transpose">): string {
  const rank = types[0].shape.length;
  const { permutation } = operation.attributes;
  const perm = channelsFirst(permutation).map((axis) => dimensionOf(axis, rank));
  return builder.node("Transpose", inputs, { perm: [0, ...perm] });
}

export function translateConcatenate({ operation, inputs, output, builder }: Call<"concatenate">): string {
  return builder.node("Concat", inputs, {
    axis: dimensionOf(operation.attributes.axis, output.shape.length),
  });
}

export function translateSlice({
  operation,
  inputs,
  output: { shape },
  builder,
}: Call<"slice"> | Call<"split">): string {
  const { begin, strides } = operation.attributes;
  // Backwards, the end is one before the first element: an end of -1 would mean the last one.
  const ends = begin.map((start, i) => start + shape[i] * strides[i]);
  const lists = [
    begin,
    ends.map((end) => (end < 0 ? -(2 ** 31) : end)),
    begin.map((_, axis) => dimensionOf(axis, shape.length)),
    strides,
  ];
  return builder.node("Slice", [inputs[0], ...lists.map((list) => builder.whole(list))]);
}

export function translateGather({ operation, inputs, types, builder }: Call<"gather">): string {
  const { axis, indices } = operation.attributes;
  return gathered(builder, inputs[0], types[0], axis, indices);
}

export function translateTile({ operation, inputs, builder }: Call<"tile">): string {
  const repeats = [1, ...channelsFirst(operation.attributes.repeats)];
  return builder.node("Tile", [inputs[0], builder.whole(repeats)]);
}

export function translateBroadcastTo({ inputs, types: [{ shape }], output, builder }: Call): string {
  const ones = Array<number>(output.shape.length - shape.length).fill(1);
  const full = reshaped(builder, inputs[0], channelsFirst([...ones, ...shape]));
  return builder.node("Expand", [full, builder.whole([1, ...channelsFirst(output.shape)])]);
}

export function translatePad({ operation, inputs, builder }: Call<"pad">): string {
  const { paddings, value } = operation.attributes;
  const sides = [0, 1].map((side) => [0, ...channelsFirst(paddings.map((one) => one[side]))]);
  return builder.node("Pad", [inputs[0], builder.whole(sides.flat()), builder.scalar(value)], {
    mode: "constant",
  });
}

/** ONNX has no padding that repeats the edge's element once; picking elements does both. */
export function translateMirrorPad({ operation, inputs, types, builder }: Call<"mirrorPad">): string {
  const { paddings, repeatsEdge } = operation.attributes;
  return paddings.reduce((tensor, sides, axis) => {
    if (sides[0] === 0 && sides[1] === 0) return tensor;
    const indices = mirrored(types[0].shape[axis], sides, repeatsEdge ? 1 : 0);
    return gathered(builder, tensor, types[0], axis, indices);
  }, inputs[0]);
}

function mirrored(size: number, [before, after]: Two, edge: number): number[] {
  return Array.from({ length: before + size + after }, (_, i) => {
    const index = i - before;
    if (index < 0) return -index - edge;
    return index < size ? index : 2 * size - 2 - index + edge;
  });
}

export function translateSpaceToDepth({ operation, inputs, builder }: Call<"spaceToDepth">): string {
  return builder.node("SpaceToDepth", inputs, { blocksize: operation.attributes.blockSize });
}

export function translateDepthToSpace({ operation, inputs, builder }: Call<"depthToSpace">): string {
  return builder.node("DepthToSpace", inputs, { blocksize: operation.attributes.blockSize, mode: "DCR" });
}

export function translateResizeNearest({
  operation: { attributes },
  inputs,
  types,
  output,
  builder,
}: Call<"resizeNearest">): string {
  return [0, 1].reduce((tensor, axis) => {
    const indices = nearest(types[0].shape[axis], output.shape[axis], attributes);
    return gathered(builder, tensor, types[0], axis, indices);
  }, inputs[0]);
}

/** A product with the matrix of weights on either side: TFLite's positions are whole numbers of 1/1024, which ONNX's are not. */
export function translateResizeBilinear({
  operation: { attributes },
  inputs,
  types: [{ shape }],
  output,
  builder,
}: Call<"resizeBilinear">): string {
  const [height, width] = [output.shape[0], output.shape[1]];
  const rows = interpolation(shape[0], height, attributes);
  const columns = interpolation(shape[1], width, attributes);
  const transposed = new Float32Array(columns.length);
  columns.forEach((weight, i) => (transposed[(i % shape[1]) * width + Math.floor(i / shape[1])] = weight));
  const tall = builder.node("MatMul", [builder.constant(rows, [height, shape[0]]), inputs[0]]);
  return builder.node("MatMul", [tall, builder.constant(transposed, [shape[1], width])]);
}

/** Row i: how much of each of `from` elements is in element i of the result. */
function interpolation(from: number, to: number, attributes: OperatorAttributes["resizeBilinear"]) {
  const steps = stepping(from, to, attributes);
  const matrix = new Float32Array(from * to);
  for (let i = 0; i < to; i++) {
    const position = clampedPosition(steps, i);
    const [first, far] = [position >> 10, (position & 1023) / 1024];
    matrix[i * from + first] += 1 - far;
    matrix[i * from + Math.min(first + 1, from - 1)] += far;
  }
  return matrix;
}

function gathered(
  builder: Builder,
  tensor: string,
  { shape }: Typed,
  axis: number,
  indices: readonly number[],
): string {
  return builder.node("Gather", [tensor, builder.whole(indices)], { axis: dimensionOf(axis, shape.length) });
}
