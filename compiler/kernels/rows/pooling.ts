/**
 * Pooling as stages of segments: the rows under the window come together in one row of scratch, then that row's columns do.
 * Positions outside of the image do not count.
 */

import { int, type Block, type Expr } from "../../ir/loop.js";
import type { Pool2D } from "../../ops/attributes.js";
import { call } from "../../targets/call.js";
import * as m7 from "../../targets/cortex-m7.js";
import { MOST_POSITIONS } from "../channel-sums.js";
import type { Layer } from "../kernel.js";
import { outputRange } from "../requantization.js";
import {
  averageWords,
  maximumWords,
  roundedMean,
  singly,
  sizeOf,
  type Columns,
  type Pooling,
  type Way,
} from "./pooling-ways.js";
import type { RowInputs, RowKernel } from "./row-kernel.js";
import { windowOf } from "./window-rows.js";

function window<K extends Pooling>({ operation }: Layer<K>) {
  const { kernel, stride, padding }: Pool2D = operation.attributes;
  return { size: kernel[0], stride: stride[0], before: padding.top };
}

/** Every window has something of the image in it, row by row. */
function covers<K extends Pooling>({ operation }: Layer<K>): boolean {
  const { kernel, padding }: Pool2D = operation.attributes;
  return padding.top < kernel[0] && padding.left < kernel[1];
}

function poolRows<K extends Pooling>(
  name: string,
  fits: (layer: Layer<K>) => boolean,
  way: Way<K>,
): RowKernel<K> {
  return {
    name,
    fits: (layer) => layer.output.shape.length === 3 && covers(layer) && fits(layer),
    window,
    reads: "plain",
    writes: ["plain"],
    scratch: (layer) => (way.bytesPerValue * sizeOf(layer) + 3) & ~3,
    scratchElement: way.bytesPerValue === 1 ? "int8" : "int16",
    prepare: (layer, rows) => ({
      constants: [],
      notes: [],
      emit(block, inputs) {
        for (let row = 0; row < rows; row++) block.scope((body) => emitRow(body, layer, way, inputs, row));
      },
    }),
  };
}

function emitRow<K extends Pooling>(
  block: Block,
  layer: Layer<K>,
  way: Way<K>,
  inputs: RowInputs,
  index: number,
): void {
  const { kernel, stride, padding }: Pool2D = layer.operation.attributes;
  const [height, inputWidth, channels] = layer.inputs[0].shape;
  const [outputHeight, width] = layer.output.shape;
  const row = inputs.scratch!;
  const from = index * stride[0];
  const isWhole = padding.top === 0 && (outputHeight - 1) * stride[0] + kernel[0] <= height;
  const counted = isWhole ? undefined : block.variable("rows", 0);
  way.clear(block, row, layer);
  windowOf(inputs, inputWidth * channels).each(block, from, from + kernel[0], (inside, _row, pixels) => {
    if (counted) inside.set(counted, counted.plus(1));
    way.add(inside, row, pixels, layer);
  });
  const { target } = inputs;
  block.for("ox", 0, width, 1, (ox, body) => {
    const columns = columnsOf(body, ox, layer);
    const place = ox.times(target.pixel).plus(index * target.row);
    const to = body.point("place", target.pointer.plus(place));
    way.finish(body, layer, row, counted ?? int(kernel[0]), columns, to);
  });
}

function columnsOf<K extends Pooling>(
  block: Block,
  ox: Expr,
  { operation, inputs, output }: Layer<K>,
): Columns {
  const { kernel, stride, padding }: Pool2D = operation.attributes;
  const [, inputWidth] = inputs[0].shape;
  const start = ox.times(stride[1]).minus(padding.left);
  const reaches = (output.shape[1] - 1) * stride[1] - padding.left + kernel[1] > inputWidth;
  if (padding.left === 0 && !reaches) return { first: start, count: int(kernel[1]) };
  const first = block.let("first_column", call(m7.max, start, 0));
  const end = call(m7.min, start.plus(kernel[1]), inputWidth);
  return { first, count: block.let("columns", end.minus(first)) };
}

/** The activation leaves all of int8. */
function isUnlimited<K extends Pooling>({ operation, output }: Layer<K>): boolean {
  const { min, max } = outputRange(output, operation.attributes.activation);
  return min === -128 && max === 127;
}

const isSummed = ({ operation }: Layer<"averagePool2d">) =>
  operation.attributes.kernel[0] <= MOST_POSITIONS - 1;

const isByWords = (layer: Layer<"averagePool2d">): boolean => {
  const [rows, columns] = layer.operation.attributes.kernel;
  return layer.output.shape[2] % 4 === 0 && rows * columns <= MOST_POSITIONS && isUnlimited(layer);
};

export const maximumPoolRows: readonly RowKernel<"maxPool2d">[] = [
  poolRows("max pool words", isUnlimited, maximumWords),
  poolRows(
    "max pool",
    (layer) => !isUnlimited(layer),
    singly(
      -128,
      (a, b) => call(m7.max, a, b),
      (_block, best) => best,
    ),
  ),
];

export const averagePoolRows: readonly RowKernel<"averagePool2d">[] = [
  poolRows("average pool words", isByWords, averageWords),
  poolRows(
    "average pool",
    (layer) => !isByWords(layer) && isSummed(layer),
    singly(0, (a, b) => a.plus(b), roundedMean),
  ),
];
