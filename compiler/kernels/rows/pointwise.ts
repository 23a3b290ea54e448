/** 1x1 convolutions as stages of segments. */

import { Pointer, type Block, type Expr } from "../../ir/loop.js";
import type { Layer } from "../kernel.js";
import { isDense, isPointwise } from "../pointwise.js";
import { plainOrder, productOf, type Role } from "../product/layer.js";
import { unrollings, type Unrolled } from "../product/matrix-kernels.js";
import { rawProduct, reachesThree, wholeTiles, wideProduct, type Product } from "../product/product.js";
import { biasRows, widenRows, type Rows } from "../product/widen.js";
import { rawRowsWork, wideRowsWork } from "./pointwise-work.js";
import type { RowInputs, RowKernel, RowTarget } from "./row-kernel.js";
import { forRuns } from "./window-rows.js";

type Conv = Layer<"conv2d">;

const depthOf = (layer: Conv) => layer.inputs[0].shape[2];
const paddedOf = (layer: Conv) => (depthOf(layer) + 3) & ~3;

/** @param unrolled another kernel only where there is something to unroll */
function productFor(layer: Conv, role: Role, unrolled: Unrolled): Product | undefined {
  const depth = depthOf(layer);
  if (!isPointwise(layer) || depth < 4) return undefined;
  if (role === "weights raw" && !reachesThree(2 * paddedOf(layer))) return undefined;
  const steps = paddedOf(layer) / 4;
  const { usual, unrolled: long } = unrollings;
  if (unrolled === "unrolled" && (steps <= usual.straight || steps > long.straight)) return undefined;
  return productOf(layer, role, "plain", plainOrder(depth), unrollings[unrolled]);
}

/** The product with names of its own for its constants. */
export function named(product: Product, prefix: string): Product {
  const { weights, constants } = product.panels;
  const panels = {
    ...product.panels,
    weights: new Pointer(`${prefix}${weights.name}`, weights.element, false),
    constants: constants.map((one) => ({ ...one, name: `${prefix}${one.name}` })),
  };
  return { ...product, panels };
}

function window({ operation: { attributes } }: Conv) {
  return { size: 1, stride: attributes.stride[0], before: 0 };
}

const writes = ["plain", "biased", "lines"] as const;

/**
 * Pixels that rows of results need, row by row or, where they follow each other, at once: brought to scratch.
 * @param bring pixels as rows of values, one behind the other
 */
function gather(
  block: Block,
  layer: Conv,
  { source, scratch }: RowInputs,
  rows: number,
  bring: (block: Block, from: Pointer, to: Pointer, rows: Rows) => void,
): void {
  const [down, right] = layer.operation.attributes.stride;
  const [, width] = layer.output.shape;
  const [, inputWidth, values] = layer.inputs[0].shape;
  const to = paddedOf(layer);
  const isDenseRow = right === 1 && width === inputWidth && down === 1;
  if (isDenseRow) return bring(block, source, scratch!, { rows: rows * width, values, from: values, to });
  block.for("r", 0, rows, 1, (r, body) => {
    const from = body.point("row_in", source.plus(r.times(down * inputWidth * values)));
    const pixels = body.point("gathered", scratch!.plus(r.times(width * to)));
    bring(body, from, pixels, { rows: width, values, from: right * values, to });
  });
}

/** int8 weights, the rows widened first. */
function wideRows(name: string, unrolled: Unrolled): RowKernel<"conv2d"> {
  const find = (layer: Conv) => productFor(layer, "weights raw", unrolled);
  return {
    name,
    fits: (layer) => find(layer) !== undefined,
    window,
    reads: "plain",
    writes,
    reading: "before",
    scratch: (layer, rows) => 2 * rows * layer.output.shape[1] * paddedOf(layer),
    work: (layer, rows, writes) => wideRowsWork(layer, unrollings[unrolled], rows, writes),
    prepare(layer, rows, prefix) {
      const product = named(find(layer)!, prefix);
      const [, width] = layer.output.shape;
      const pixel = paddedOf(layer);
      return {
        constants: product.panels.constants,
        notes: [product.scaling.note],
        emit(block, inputs) {
          gather(block, layer, inputs, rows, widenRows);
          forRuns(block, rows, width, inputs.target, (body, row, pixels, target) => {
            const pointer = body.point("wide", inputs.scratch!.plus(row.times(width * pixel)));
            wideProduct(body, product, { pointer, pixel, row: 0 }, pixels, target);
          });
        },
      };
    },
  };
}

export const pointwiseWideRows = wideRows("pointwise wide", "usual");

/** Bytes of pixels that are widened at a time: enough that the code around them is a small share. */
const BLOCK_BYTES = 2048;

/** Pixels of a block: as few blocks as there may be, of one size but for the last. */
function blockOf(layer: Conv): number {
  const [, width] = layer.output.shape;
  const most = Math.max(6, Math.floor(BLOCK_BYTES / (2 * paddedOf(layer))));
  const even = Math.ceil(width / Math.ceil(width / most));
  // Threes are the fastest.
  return Math.min(width, even % 3 === 0 ? even : even + 3 - (even % 3));
}

/** As above for rows that take much memory when they are widened: a few pixels at a time. Results may not take the row's place. */
export const pointwiseBlockRows: RowKernel<"conv2d"> = {
  name: "pointwise wide, blocks",
  fits: (layer) =>
    productFor(layer, "weights raw", "usual") !== undefined && blockOf(layer) < layer.output.shape[1],
  window,
  reads: "plain",
  writes,
  scratch: (layer) => 2 * blockOf(layer) * paddedOf(layer),
  work: (layer, rows, writes) => wideRowsWork(layer, unrollings.usual, rows, writes, blockOf(layer)),
  prepare(layer, rows, prefix) {
    const product = named(productFor(layer, "weights raw", "usual")!, prefix);
    return {
      constants: product.panels.constants,
      notes: [product.scaling.note],
      emit: (block, inputs) =>
        block.for("r", 0, rows, 1, (r, body) => emitBlocks(body, layer, product, inputs, r)),
    };
  },
};

function emitBlocks(block: Block, layer: Conv, product: Product, inputs: RowInputs, row: Expr): void {
  const { target, source, scratch } = inputs;
  const [down, right] = layer.operation.attributes.stride;
  const [, width] = layer.output.shape;
  const [, inputWidth, values] = layer.inputs[0].shape;
  const [pixel, each] = [paddedOf(layer), blockOf(layer)];
  const [full, rest] = [Math.floor(width / each), width % each];
  block.for("some", 0, full + (rest > 0 ? 1 : 0), 1, (index, body) => {
    const first = body.let("first", index.times(each));
    const choose = (name: string, usual: number, last: number): Expr | number =>
      rest === 0 || usual === last ? usual : body.let(name, index.compare("==", full).select(last, usual));
    const from = body.point(
      "some_in",
      source.plus(
        row
          .times(down * inputWidth)
          .plus(first.times(right))
          .times(values),
      ),
    );
    const some = { rows: choose("pixels", each, rest), values, from: right * values, to: pixel };
    widenRows(body, from, scratch!, some);
    const [usual, last] = [wholeTiles(each), wholeTiles(Math.max(rest, 2))];
    const tiling = {
      threes: choose("threes", usual.threes, last.threes),
      twos: choose("twos", usual.twos, last.twos),
    };
    wideProduct(
      body,
      product,
      { pointer: scratch!, pixel, row: 0 },
      tiling,
      shifted(body, target, row, first),
    );
  });
}

/** The place of a row's pixel. */
function shifted(block: Block, target: RowTarget, row: Expr, pixel: Expr): RowTarget {
  const pointer = block.point(
    "some_out",
    target.pointer.plus(row.times(target.row).plus(pixel.times(target.pixel))),
  );
  return { ...target, pointer };
}

/** Weights as int16 pairs; the rows are used as they lie. */
function rawRows(name: string, unrolled: Unrolled): RowKernel<"conv2d"> {
  const find = (layer: Conv) =>
    isDense(layer) && depthOf(layer) % 4 === 0 ? productFor(layer, "weights wide", unrolled) : undefined;
  return {
    name,
    fits: (layer) => find(layer) !== undefined,
    window,
    reads: "biased",
    writes,
    scratch: () => 0,
    work: (layer, rows, writes) => rawRowsWork(layer, unrollings[unrolled], rows, writes, false),
    prepare(layer, rows, prefix) {
      const product = named(find(layer)!, prefix);
      const [, width, pixel] = layer.inputs[0].shape;
      return {
        constants: product.panels.constants,
        notes: [product.scaling.note],
        emit: (block, { source, target }) =>
          forRuns(block, rows, width, target, (body, row, pixels, to) => {
            const pointer = body.point("raw", source.plus(row.times(width * pixel)));
            rawProduct(body, product, { pointer, pixel }, pixels, to);
          }),
      };
    },
  };
}

export const pointwiseRawRows = rawRows("pointwise raw", "usual");

/** Weights as int16 pairs, plain rows biased first: a copy. */
function biasedRows(name: string, unrolled: Unrolled): RowKernel<"conv2d"> {
  const find = (layer: Conv) => productFor(layer, "weights wide", unrolled);
  return {
    name,
    fits: (layer) => find(layer) !== undefined,
    window,
    reads: "plain",
    writes,
    reading: "before",
    scratch: (layer, rows) => rows * layer.output.shape[1] * paddedOf(layer),
    work: (layer, rows, writes) => rawRowsWork(layer, unrollings[unrolled], rows, writes, true),
    scratchElement: "int8",
    prepare(layer, rows, prefix) {
      const product = named(find(layer)!, prefix);
      const [, width] = layer.output.shape;
      const pixel = paddedOf(layer);
      return {
        constants: product.panels.constants,
        notes: [product.scaling.note],
        emit(block, inputs) {
          gather(block, layer, inputs, rows, biasRows);
          forRuns(block, rows, width, inputs.target, (body, row, pixels, target) => {
            const pointer = body.point("raw", inputs.scratch!.plus(row.times(width * pixel)));
            rawProduct(body, product, { pointer, pixel }, pixels, target);
          });
        },
      };
    },
  };
}

/** More code for speed, or less; what fits depends on the depth. */
export const pointwiseRows: readonly RowKernel<"conv2d">[] = [
  pointwiseRawRows,
  rawRows("pointwise raw, unrolled", "unrolled"),
  pointwiseWideRows,
  wideRows("pointwise wide, unrolled", "unrolled"),
  wideRows("pointwise wide, compact", "compact"),
  pointwiseBlockRows,
  biasedRows("pointwise raw, biasing", "usual"),
];
