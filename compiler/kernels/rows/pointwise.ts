/** 1x1 convolutions as stages of segments. */

import { Pointer } from "../../ir/loop.js";
import type { Layer } from "../kernel.js";
import { isDense, isPointwise } from "../pointwise.js";
import { plainOrder, productOf, type Role } from "../product/layer.js";
import { unrollings } from "../product/matrix-kernels.js";
import { rawProduct, reachesThree, wideProduct, type Product } from "../product/product.js";
import { widenRows } from "../product/widen.js";
import type { RowKernel } from "./row-kernel.js";

type Conv = Layer<"conv2d">;

const depthOf = (layer: Conv) => layer.inputs[0].shape[2];

function product(layer: Conv, role: Role): Product | undefined {
  const depth = depthOf(layer);
  if (!isPointwise(layer) || !isDense(layer) || depth % 4 !== 0) return undefined;
  return productOf(layer, role, "plain", plainOrder(depth), unrollings.usual);
}

/** The product with names of its own for its constants. */
function named(product: Product, prefix: string): Product {
  const { weights, constants } = product.panels;
  const panels = {
    ...product.panels,
    weights: new Pointer(`${prefix}${weights.name}`, weights.element, false),
    constants: constants.map((one) => ({ ...one, name: `${prefix}${one.name}` })),
  };
  return { ...product, panels };
}

const window = () => ({ size: 1, stride: 1, before: 0 });
const writes = ["plain", "biased", "lines"] as const;

/** int8 weights, the rows widened first. */
export const pointwiseWideRows: RowKernel<"conv2d"> = {
  name: "pointwise wide",
  fits: (layer) => reachesThree(2 * depthOf(layer)) && product(layer, "weights raw") !== undefined,
  window,
  reads: "plain",
  writes,
  scratch: (layer, rows) => 2 * rows * layer.output.shape[1] * depthOf(layer),
  prepare(layer, rows, prefix) {
    const prepared = named(product(layer, "weights raw")!, prefix);
    const pixels = rows * layer.output.shape[1];
    const depth = depthOf(layer);
    return {
      constants: prepared.panels.constants,
      notes: [prepared.scaling.note],
      emit(block, { source, target, scratch }) {
        widenRows(block, source, scratch!, { rows: pixels, values: depth, from: depth, to: depth });
        wideProduct(block, prepared, { pointer: scratch!, pixel: depth, row: 0 }, pixels, target);
      },
    };
  },
};

/** Weights as int16 pairs; the rows are used as they lie. */
export const pointwiseRawRows: RowKernel<"conv2d"> = {
  name: "pointwise raw",
  fits: (layer) => product(layer, "weights wide") !== undefined,
  window,
  reads: "biased",
  writes,
  scratch: () => 0,
  prepare(layer, rows, prefix) {
    const prepared = named(product(layer, "weights wide")!, prefix);
    const pixels = rows * layer.output.shape[1];
    return {
      constants: prepared.panels.constants,
      notes: [prepared.scaling.note],
      emit: (block, { source, target }) =>
        rawProduct(block, prepared, { pointer: source, pixel: depthOf(layer) }, pixels, target),
    };
  },
};
