/** 1x1 convolutions as stages of segments on rows of int8 as they lie (kernels/product/direct.ts): without scratch. */

import type { Layer } from "../kernel.js";
import { isPointwise } from "../pointwise.js";
import { DIRECT_FILTERS, directProduct, fitsDirect } from "../product/direct.js";
import { plainOrder, productOf } from "../product/layer.js";
import { unrollings } from "../product/matrix-kernels.js";
import type { Product } from "../product/product.js";
import { directWork } from "../product/work.js";
import { pointwiseSizes } from "./pointwise-work.js";
import { named } from "./pointwise.js";
import type { RowKernel } from "./row-kernel.js";

type Conv = Layer<"conv2d">;

function productFor(layer: Conv): Product | undefined {
  const [depth, filters] = [layer.inputs[0].shape[2], layer.output.shape[2]];
  const { stride } = layer.operation.attributes;
  if (!isPointwise(layer) || !fitsDirect(depth, stride[1] * depth, filters)) return undefined;
  const options = { ...unrollings.unrolled, widths: [DIRECT_FILTERS] as const };
  return productOf(layer, "weights raw", "plain", plainOrder(depth), options);
}

/** Every filter reads the row, so results may not take its place. */
export const pointwiseDirectRows: RowKernel<"conv2d"> = {
  name: "pointwise direct",
  fits: (layer) => productFor(layer) !== undefined,
  window: ({ operation }) => ({ size: 1, stride: operation.attributes.stride[0], before: 0 }),
  reads: "plain",
  writes: ["plain", "biased", "lines"],
  scratch: () => 0,
  work: (layer, rows, writes) =>
    directWork(
      "direct rows",
      pointwiseSizes(layer, unrollings.unrolled),
      rows,
      layer.output.shape[1],
      writes === "biased",
    ),
  prepare(layer, rows, prefix) {
    const product = named(productFor(layer)!, prefix);
    const [down, right] = layer.operation.attributes.stride;
    const [, inputWidth, depth] = layer.inputs[0].shape;
    const [, width] = layer.output.shape;
    return {
      constants: product.panels.constants,
      notes: [product.scaling.note],
      emit: (block, { source, target }) =>
        block.for("r", 0, rows, 1, (r, body) => {
          const pointer = body.point("row_in", source.plus(r.times(down * inputWidth * depth)));
          const results = body.point("row_out", target.pointer.plus(r.times(target.row)));
          const destination = { ...target, pointer: results };
          const pixels = { pointer, pixel: right * depth, row: 0 };
          directProduct(body, product, pixels, width, destination);
        }),
    };
  },
};
