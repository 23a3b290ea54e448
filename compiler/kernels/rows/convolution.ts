/** Convolutions with any window as stages of segments: the rows under it become a band in scratch, for every pass anew. */

import type { Block, Expr } from "../../ir/loop.js";
import { quantizationOf } from "../../ops/arithmetic/quantization.js";
import type { Layer } from "../kernel.js";
import { bandRows, padRow, writeRow, type RowWriter } from "../product/band.js";
import { writeColumns } from "../product/columns.js";
import {
  columnSizes,
  geometryOf,
  narrowPitch,
  narrowWriter,
  rawProductOf,
  widePitch,
  wideProductOf,
  wideWriter,
} from "../product/convolution.js";
import { rawConvolutionWork, wideConvolutionWork, type Bands } from "../product/convolution-work.js";
import { unrollings, type Unrolled } from "../product/matrix-kernels.js";
import { rawProduct, wideProduct, type Product } from "../product/product.js";
import { named } from "./pointwise.js";
import type { RowInputs, RowKernel } from "./row-kernel.js";
import { forRuns, windowOf } from "./window-rows.js";

type Conv = Layer<"conv2d">;

function window({ operation: { attributes } }: Conv) {
  const { kernel, stride, padding } = attributes;
  return { size: kernel[0], stride: stride[0], before: padding.top };
}

const bandOf = (layer: Conv, rows: number) => bandRows(geometryOf(layer), rows);

/** Writes the rows under the window, one after the other. @param pitch elements of the band from a row to the next */
function writeBandRows(
  block: Block,
  layer: Conv,
  inputs: RowInputs,
  rows: number,
  pitch: number,
  writer: RowWriter,
): void {
  const geometry = geometryOf(layer);
  const at = (row: Expr) => row.times(pitch);
  windowOf(inputs, geometry.image[1] * geometry.channels).each(
    block,
    0,
    bandOf(layer, rows),
    (inside, row, pixels) => writeRow(inside, geometry, pixels.plus(0), at(row), writer),
    (outside, row) => padRow(outside, geometry, at(row), writer),
  );
}

/** All rows are in one band. */
function bandFor(rows: number, biased: boolean): Bands {
  return { family: "convolution rows", rows, each: rows, keeps: false, biased };
}

/** int8 weights; rows are widened, and windows share them. */
function convolutionWideRows(name: string, unrolled: Unrolled): RowKernel<"conv2d"> {
  const find = (layer: Conv): Product | undefined => wideProductOf(layer, unrollings[unrolled]);
  return {
    name,
    fits: (layer) => isOther(find(layer), unrolled) && covers(layer),
    window,
    reads: "plain",
    writes: ["plain", "biased", "lines"],
    // Everything is widened before the first product.
    reading: "before",
    scratch: (layer, rows) => 2 * bandOf(layer, rows) * widePitch(layer),
    work: (layer, rows, writes) =>
      wideConvolutionWork(layer, unrollings[unrolled], bandFor(rows, writes === "biased")),
    prepare(layer, rows, prefix) {
      const product = named(find(layer)!, prefix);
      const pitch = widePitch(layer);
      const { results, channels, window } = geometryOf(layer);
      return {
        constants: product.panels.constants,
        notes: [product.scaling.note],
        emit(block, inputs) {
          const scratch = inputs.scratch!;
          const writer = wideWriter(scratch, quantizationOf(layer.inputs[0]).zeroPoint);
          writeBandRows(block, layer, inputs, rows, pitch, writer);
          const { target } = inputs;
          const pixels = { pointer: scratch, pixel: window.stride[1] * channels, row: pitch };
          const runs = { count: rows, input: window.stride[0] * pitch, destination: target.row };
          wideProduct(block, product, pixels, results[1], target, rows === 1 ? undefined : runs);
        },
      };
    },
  };
}

/** Of int8; words are loaded a little behind it. */
const bandBytes = (layer: Conv, rows: number) => bandOf(layer, rows) * narrowPitch(layer) + 4;

/** Weights as int16 pairs; columns of int8. */
function convolutionRawRows(name: string, unrolled: Unrolled): RowKernel<"conv2d"> {
  const find = (layer: Conv): Product | undefined => rawProductOf(layer, unrollings[unrolled]);
  return {
    name,
    fits: (layer) => isOther(find(layer), unrolled) && covers(layer),
    window,
    reads: "plain",
    writes: ["plain", "biased", "lines"],
    // Everything is in columns before the first product.
    reading: "before",
    scratch: (layer, rows) =>
      bandBytes(layer, rows) + rows * layer.output.shape[1] * columnSizes(layer).order.values,
    work: (layer, rows, writes) =>
      rawConvolutionWork(layer, unrollings[unrolled], bandFor(rows, writes === "biased")),
    scratchElement: "int8",
    prepare(layer, rows, prefix) {
      const product = named(find(layer)!, prefix);
      const pitch = narrowPitch(layer);
      const { rowBytes, order } = columnSizes(layer);
      const { results, channels, window } = geometryOf(layer);
      const [, width] = results;
      return {
        constants: product.panels.constants,
        notes: [product.scaling.note],
        emit(block, inputs) {
          const scratch = inputs.scratch!;
          const writer = narrowWriter(scratch, quantizationOf(layer.inputs[0]).zeroPoint);
          writeBandRows(block, layer, inputs, rows, pitch, writer);
          const columns = block.point("columns", scratch.plus(bandBytes(layer, rows)));
          const length = width * order.values;
          block.for("r", 0, rows, 1, (r, body) => {
            const image = body.point("image", scratch.plus(r.times(window.stride[0] * pitch)));
            const step = window.stride[1] * channels;
            const windows = { image, rows: window.kernel[0], rowBytes, pitch, step };
            writeColumns(body, windows, body.point("column", columns.plus(r.times(length)), true), width);
          });
          forRuns(block, rows, width, inputs.target, (body, row, pixels, target) => {
            const pointer = body.point("some", columns.plus(row.times(length)));
            rawProduct(body, product, { pointer, pixel: order.values }, pixels, target);
          });
        },
      };
    },
  };
}

/** Most pixels whose columns there are at a time. */
const MOST_BLOCK = 16;
/** Fewer are not worth the loops around them. */
const LEAST_BLOCK = 6;

/** Pixels of a block of columns: an even number that divides the rows; undefined where there is none. */
function blockOf({ output }: Conv): number | undefined {
  const [, width] = output.shape;
  for (let block = MOST_BLOCK; block >= LEAST_BLOCK; block -= 2)
    if (width % block === 0 && block < width) return block;
  return undefined;
}

/** As above, with the columns of a few pixels at a time. */
function convolutionRawBlocks(name: string): RowKernel<"conv2d"> {
  const find = (layer: Conv): Product | undefined => rawProductOf(layer, unrollings.usual);
  return {
    name,
    fits: (layer) => find(layer) !== undefined && covers(layer) && blockOf(layer) !== undefined,
    window,
    reads: "plain",
    writes: ["plain", "biased", "lines"],
    // Everything is in the band before the first product.
    reading: "before",
    scratch: (layer, rows) => bandBytes(layer, rows) + blockOf(layer)! * columnSizes(layer).order.values,
    work: (layer, rows, writes) =>
      rawConvolutionWork(layer, unrollings.usual, {
        ...bandFor(rows, writes === "biased"),
        block: blockOf(layer),
      }),
    scratchElement: "int8",
    prepare(layer, rows, prefix) {
      const product = named(find(layer)!, prefix);
      const pitch = narrowPitch(layer);
      const { rowBytes, order } = columnSizes(layer);
      const { results, channels, window } = geometryOf(layer);
      const [block, step] = [blockOf(layer)!, window.stride[1] * channels];
      return {
        constants: product.panels.constants,
        notes: [product.scaling.note],
        emit(outer, inputs) {
          const { target } = inputs;
          const scratch = inputs.scratch!;
          const writer = narrowWriter(scratch, quantizationOf(layer.inputs[0]).zeroPoint);
          writeBandRows(outer, layer, inputs, rows, pitch, writer);
          const columns = outer.point("columns", scratch.plus(bandBytes(layer, rows)));
          outer.for("r", 0, rows, 1, (r, each) =>
            each.for("some", 0, results[1], block, (first, body) => {
              const from = r.times(window.stride[0] * pitch).plus(first.times(step));
              const image = body.point("image", scratch.plus(from));
              writeColumns(body, { image, rows: window.kernel[0], rowBytes, pitch, step }, columns, block);
              const to = r.times(target.row).plus(first.times(target.pixel));
              const pointer = body.point("some_out", target.pointer.plus(to));
              rawProduct(body, product, { pointer: columns, pixel: order.values }, block, {
                ...target,
                pointer,
              });
            }),
          );
        },
      };
    },
  };
}

/** A row of results has a window that meets the image. */
const covers = ({ operation: { attributes } }: Conv) => attributes.padding.top < attributes.kernel[0];

/** Unrolling is another kernel only where there is something to unroll. */
function isOther(product: Product | undefined, unrolled: Unrolled): boolean {
  if (!product || unrolled !== "unrolled") return product !== undefined;
  return product.steps > unrollings.usual.straight && product.steps <= unrollings.unrolled.straight;
}

export const convolutionRows: readonly RowKernel<"conv2d">[] = [
  convolutionWideRows("convolution wide", "usual"),
  convolutionRawRows("convolution raw", "usual"),
  convolutionWideRows("convolution wide, unrolled", "unrolled"),
  convolutionRawRows("convolution raw, unrolled", "unrolled"),
  convolutionWideRows("convolution wide, compact", "compact"),
  convolutionRawBlocks("convolution raw, blocks"),
];
