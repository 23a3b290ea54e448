/** What rows of 1x1 convolutions have to do (../work.ts). */

import type { Layer } from "../kernel.js";
import { pairingOf, tilingOf, wholeTiles } from "../product/product.js";
import type { Unrolling } from "../product/tile.js";
import {
  formOf,
  resultsOf,
  preparing,
  rawConstants,
  rawCounts,
  wideConstants,
  wideCounts,
  type Sizes,
} from "../product/work.js";
import type { Work } from "../work.js";
import type { RowEncoding } from "./row-kernel.js";

type Conv = Layer<"conv2d">;

export function pointwiseSizes(layer: Conv, unrolling: Unrolling): Sizes {
  const { output, operation, inputs } = layer;
  const results = resultsOf(output, operation.attributes.activation);
  return {
    channels: output.shape[2],
    rows: 1,
    steps: Math.ceil(inputs[0].shape[2] / 4),
    unrolling,
    ...results,
  };
}

/** Runs of pixels: one, or one a row where the rows of results do not follow each other. */
function runsOf({ output }: Conv, rows: number, writes: RowEncoding) {
  const [, width] = output.shape;
  return writes === "lines" ? { runs: rows, pixels: width } : { runs: 1, pixels: rows * width };
}

function prepared(layer: Conv, pixels: number): number[] {
  const depth = layer.inputs[0].shape[2];
  return preparing(pixels, { depth, padded: (depth + 3) & ~3 });
}

const isSparse = ({ operation }: Conv) => operation.attributes.stride.some((one) => one > 1);

/** @param block pixels that are widened at a time; left out: all */
export function wideRowsWork(
  layer: Conv,
  unrolling: Unrolling,
  rows: number,
  writes: RowEncoding,
  block?: number,
): Work {
  const sizes = pointwiseSizes(layer, unrolling);
  const [, width] = layer.output.shape;
  const { runs, pixels } = runsOf(layer, rows, writes);
  const last = block ? width % block : 0;
  const tilings = block
    ? [
        { ...wholeTiles(block), times: rows * Math.floor(width / block) },
        ...(last > 0 ? [{ ...wholeTiles(last), times: rows }] : []),
      ]
    : [{ ...tilingOf(pixels, unrolling.compact), times: runs }];
  const product = wideCounts(sizes, tilings, writes === "biased");
  const has = [product[4] > 0 ? 1 : 0, product[6] > 0 ? 1 : 0];
  const blocks = block ? rows * Math.ceil(width / block) : 0;
  const gathers = isSparse(layer) ? rows : 0;
  return {
    form: `wide rows: ${formOf(sizes)}`,
    counts: [1, runs > 1 ? runs : 0, blocks, gathers, ...prepared(layer, rows * width), ...product],
    code: [
      1,
      runs > 1 ? 1 : 0,
      block ? 1 : 0,
      ...has,
      ...(sizes.signed ? has : [0, 0]),
      product[3] > 0 ? 1 : 0,
      layer.inputs[0].shape[2] % 4 === 0 ? 0 : 1,
    ],
    constants: wideConstants(sizes),
  };
}

/** @param copies whether plain rows are biased first */
export function rawRowsWork(
  layer: Conv,
  unrolling: Unrolling,
  rows: number,
  writes: RowEncoding,
  copies: boolean,
): Work {
  const sizes = pointwiseSizes(layer, unrolling);
  const [, width, channels] = layer.output.shape;
  const { runs, pixels } = runsOf(layer, rows, writes);
  const pairing = pairingOf(pixels);
  const groups = [channels > 2 ? 1 : 0, channels % 3 === 0 ? 0 : 1];
  const isBiased = writes === "biased";
  return {
    form: `raw rows: ${formOf(sizes)}`,
    counts: [
      1,
      runs > 1 ? runs : 0,
      copies && isSparse(layer) ? rows : 0,
      ...prepared(layer, copies ? rows * width : 0),
      ...rawCounts(sizes, [{ ...pairing, times: runs }], isBiased),
    ],
    code: [
      1,
      runs > 1 ? 1 : 0,
      copies ? 1 : 0,
      ...groups,
      ...(sizes.signed ? groups : [0, 0]),
      pairing.odd,
      isBiased ? 1 : 0,
      layer.inputs[0].shape[2] % 4 === 0 ? 0 : 1,
    ],
    constants: rawConstants(sizes),
  };
}
