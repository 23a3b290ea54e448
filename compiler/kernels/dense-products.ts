/** Dense layers as products of matrices: a pixel is a row of the input. */

import { elements } from "../ir/graph.js";
import type { Kernel, Layer } from "./kernel.js";
import type { Matrix } from "./product/matrix.js";
import { matrixKernels } from "./product/matrix-kernels.js";

function matrixOf({ operation, inputs }: Layer<"dense">): Matrix | undefined {
  const [, depth] = operation.attributes.weights.shape;
  if (depth < 4) return undefined;
  const pixels = elements(inputs[0].shape) / depth;
  return { depth, padded: (depth + 3) & ~3, stretches: 1, pixels, pixel: depth, stretch: 0 };
}

export const denseProducts: readonly Kernel<"dense">[] = matrixKernels<"dense">({
  name: "dense",
  matrix: matrixOf,
  inPlace({ operation }) {
    const [units, depth] = operation.attributes.weights.shape;
    return units <= depth;
  },
});
