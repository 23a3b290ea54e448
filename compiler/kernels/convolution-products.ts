/** Convolutions with any window as products: band by band of the image, without im2col or with columns of int8. */

import { Block, Pointer, type Expr, type KernelFunction } from "../ir/loop.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import { call } from "../targets/call.js";
import { min } from "../targets/cortex-m7.js";
import type { Kernel, Layer } from "./kernel.js";
import { bandRows, rowsOfBand, writeBand, type Geometry } from "./product/band.js";
import { writeColumns } from "./product/columns.js";
import {
  columnSizes,
  geometryOf,
  narrowPitch,
  narrowWriter,
  rawProductOf,
  widePitch,
  wideProductOf,
  wideWriter,
} from "./product/convolution.js";
import { rawConvolutionWork, wideConvolutionWork, type Bands } from "./product/convolution-work.js";
import { unrollings } from "./product/matrix-kernels.js";
import { rawProduct, wideProduct, type Product, type Runs } from "./product/product.js";
import type { Unrolling } from "./product/tile.js";
import { moveLines } from "./rows/lines.js";

type Conv = Layer<"conv2d">;

/** Bytes of a band, or of columns, that are read once a panel: as in pointwise.ts. */
const HOT_BYTES = 8192;

/** Rows of results that come with `bytes` of memory for a band and what each row needs besides. */
function rowsWithin(geometry: Geometry, bytes: number, pitchBytes: number, rowBytes: number): number {
  const [rows, columns] = geometry.results;
  let count = 1;
  const needed = (some: number) => bandRows(geometry, some) * pitchBytes + some * rowBytes;
  while (count < rows && needed(count + 1) <= bytes) count++;
  let each = rowsOfBand(rows, count);
  // No band of a single pixel beside larger ones.
  while ((rows % each) * columns === 1) each--;
  return each;
}

/** Rows that a band of results shares with the next. */
const keptRows = ({ window: { kernel, stride } }: Geometry) => Math.max(0, kernel[0] - stride[0]);

/** Brings the rows that the band before has in common with this one to the start of `memory`. */
function keepRows(
  block: Block,
  geometry: Geometry,
  first: Expr,
  each: number,
  memory: Pointer,
  pitch: number,
) {
  const kept = keptRows(geometry);
  if (kept === 0 || each === geometry.results[0]) return;
  const from = each * geometry.window.stride[0] * pitch;
  block.if(first.compare(">", 0), (later) =>
    moveLines(later, memory, { channels: 1, stride: 0, from, count: kept * pitch }),
  );
}

/**
 * Results may take the input's place: a row of them is no longer than the rows of input that lie behind for good, and
 * the rows that later bands need again are kept.
 */
function worksInPlace(layer: Conv): boolean {
  const { kernel, stride, padding } = layer.operation.attributes;
  const [, width, channels] = layer.inputs[0].shape;
  const [, columns, filters] = layer.output.shape;
  return columns * filters <= stride[0] * width * channels && stride[0] <= kernel[0] - padding.top;
}

/** Bands of rows of results: the code around what computes them. */
function forBands(
  block: Block,
  rows: number,
  each: number,
  write: (block: Block, first: Expr, count: Expr | number) => void,
): void {
  block.for("band", 0, Math.ceil(rows / each), 1, (band, body) => {
    const first = body.let("first", band.times(each));
    const count = rows % each === 0 ? each : body.let("rows", call(min, first.times(-1).plus(rows), each));
    write(body, first, count);
  });
}

/** The image widened once; windows share its rows. */
function convolutionWide(name: string, unrolling: Unrolling): Kernel<"conv2d"> {
  return {
    name,
    fits: (layer) => wideProductOf(layer, unrolling) !== undefined,
    scratch(layer) {
      const [geometry, pitch] = [geometryOf(layer), 2 * widePitch(layer)];
      const most = bandRows(geometry, rowsWithin(geometry, HOT_BYTES, pitch, 0)) * pitch;
      return { least: bandRows(geometry, 1) * pitch, most };
    },
    inPlace: (layer) => (worksInPlace(layer) ? [0] : []),
    lower(layer, granted) {
      const product = wideProductOf(layer, unrolling)!;
      const geometry = geometryOf(layer);
      const [rows, columns] = geometry.results;
      const { stride } = geometry.window;
      const pitch = widePitch(layer);
      const scratch = new Pointer("scratch", "int16", true);
      const writer = wideWriter(scratch, quantizationOf(layer.inputs[0]).zeroPoint);
      const each = rowsWithin(geometry, granted.scratch, 2 * pitch, 0);
      return lowerBands(layer, product, scratch, each, (block, input, first, count, results) => {
        keepRows(block, geometry, first, each, scratch, pitch);
        writeBand(block, geometry, input, first, bandOf(geometry, count), keptRows(geometry), pitch, writer);
        const destination = { pointer: results, pixel: product.channels, channel: 1, biased: false };
        const pixels = { pointer: scratch, pixel: stride[1] * geometry.channels, row: pitch };
        const runs: Runs = { count, input: stride[0] * pitch, destination: columns * product.channels };
        wideProduct(block, product, pixels, columns, destination, rows === 1 ? undefined : runs);
      });
    },
    work(layer, granted) {
      const each = rowsWithin(geometryOf(layer), granted.scratch, 2 * widePitch(layer), 0);
      return wideConvolutionWork(layer, unrolling, bandsOf(layer, each));
    },
  };
}

/** Rows of a band of results as rows of the image. */
function bandOf(geometry: Geometry, count: Expr | number): Expr | number {
  if (typeof count === "number") return bandRows(geometry, count);
  const { kernel, stride } = geometry.window;
  return count.minus(1).times(stride[0]).plus(kernel[0]);
}

function lowerBands(
  layer: Conv,
  product: Product,
  scratch: Pointer,
  each: number,
  write: (block: Block, input: Pointer, first: Expr, count: Expr | number, results: Pointer) => void,
): KernelFunction {
  const [rows, columns] = layer.output.shape;
  const [input, output] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
  const block = new Block();
  forBands(block, rows, each, (body, first, count) => {
    const results = body.point("results", output.plus(first.times(columns * product.channels)));
    write(body, input, first, count, results);
  });
  return {
    parameters: [input, output, scratch],
    constants: product.panels.constants,
    body: block.statements,
    notes: [product.scaling.note],
  };
}

function bandsOf({ output }: Conv, each: number): Bands {
  return { family: "convolution", rows: output.shape[0], each, keeps: true, biased: false };
}

/** Columns of int8, for few channels and odd numbers of them. */
function convolutionRaw(name: string, unrolling: Unrolling): Kernel<"conv2d"> {
  const sizes = (layer: Conv) => {
    const geometry = geometryOf(layer);
    const { order, rowBytes } = columnSizes(layer);
    const pitch = narrowPitch(layer);
    return { geometry, order, rowBytes, pitch, row: geometry.results[1] * order.values };
  };
  return {
    name,
    fits: (layer) => rawProductOf(layer, unrolling) !== undefined,
    scratch(layer) {
      const { geometry, pitch, row } = sizes(layer);
      const bytes = (rows: number) => bandRows(geometry, rows) * pitch + 4 + rows * row;
      return { least: bytes(1), most: bytes(rowsWithin(geometry, HOT_BYTES, pitch, row)) };
    },
    inPlace: (layer) => (worksInPlace(layer) ? [0] : []),
    lower(layer, granted) {
      const product = rawProductOf(layer, unrolling)!;
      const { geometry, order, rowBytes, pitch, row } = sizes(layer);
      const [, columns] = geometry.results;
      const { kernel, stride } = geometry.window;
      const scratch = new Pointer("scratch", "int8", true);
      const writer = narrowWriter(scratch, quantizationOf(layer.inputs[0]).zeroPoint);
      const each = rowsWithin(geometry, granted.scratch - 4, pitch, row);
      const bandBytes = bandRows(geometry, each) * pitch + 4;
      return lowerBands(layer, product, scratch, each, (block, input, first, count, results) => {
        keepRows(block, geometry, first, each, scratch, pitch);
        writeBand(block, geometry, input, first, bandOf(geometry, count), keptRows(geometry), pitch, writer);
        const all = block.point("columns", scratch.plus(bandBytes));
        block.for("r", 0, count, 1, (r, body) => {
          const image = body.point("image", scratch.plus(r.times(stride[0] * pitch)));
          const step = stride[1] * geometry.channels;
          const windows = { image, rows: kernel[0], rowBytes, pitch, step };
          writeColumns(body, windows, body.point("column", all.plus(r.times(row)), true), columns);
        });
        const destination = { pointer: results, pixel: product.channels, channel: 1, biased: false };
        const pixels =
          typeof count === "number"
            ? count * columns
            : pairing(block, count.times(columns), columns, geometry.results[0], each);
        rawProduct(block, product, { pointer: all, pixel: order.values }, pixels, destination);
      });
    },
    work(layer, granted) {
      const { geometry, pitch, row } = sizes(layer);
      const each = rowsWithin(geometry, granted.scratch - 4, pitch, row);
      return rawConvolutionWork(layer, unrolling, bandsOf(layer, each));
    },
  };
}

/** Pixels of a band whose rows are not known: odd only where the layer has odd bands. */
function pairing(block: Block, pixels: Expr, columns: number, rows: number, each: number) {
  const odd = new Set([each, rows % each].map((count) => (count * columns) % 2));
  const count = block.let("pixels", pixels);
  const known = odd.size === 1 ? [...odd][0] : block.let("odd", count.and(1));
  return { pairs: block.let("pairs", count.shiftRight(1)), odd: known };
}

export const convolutionProducts: readonly Kernel<"conv2d">[] = [
  convolutionWide("convolution wide", unrollings.usual),
  convolutionRaw("convolution raw", unrollings.usual),
  convolutionWide("convolution wide, unrolled", unrollings.unrolled),
  convolutionRaw("convolution raw, unrolled", unrollings.unrolled),
  convolutionWide("convolution wide, compact", unrollings.compact),
];
