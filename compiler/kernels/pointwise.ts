/** 1x1 convolutions as products of matrices. */

import type { Kernel, Layer } from "./kernel.js";
import type { Matrix } from "./product/matrix.js";
import { matrixKernels } from "./product/matrix-kernels.js";

type Conv = Layer<"conv2d">;

/** A 1x1 window without padding, of all channels. */
export function isPointwise({ operation: { attributes }, inputs }: Conv): boolean {
  const { kernel, padding, weights } = attributes;
  const sides = padding.top + padding.bottom + padding.left + padding.right;
  return kernel[0] === 1 && kernel[1] === 1 && sides === 0 && weights.shape[3] === inputs[0].shape[2];
}

/** It moves by 1: pixels are rows of channels, one after the other. */
export const isDense = ({ operation }: Conv) => operation.attributes.stride.every((one) => one === 1);

function matrixOf(layer: Conv): Matrix | undefined {
  const [, width, depth] = layer.inputs[0].shape;
  if (!isPointwise(layer) || depth < 4) return undefined;
  const [rows, columns] = layer.output.shape;
  const [down, right] = layer.operation.attributes.stride;
  const padded = (depth + 3) & ~3;
  if (isDense(layer)) {
    return { depth, padded, stretches: 1, pixels: rows * columns, pixel: depth, stretch: 0 };
  }
  const stretch = down * width * depth;
  return { depth, padded, stretches: rows, pixels: columns, pixel: right * depth, stretch };
}

export const pointwiseKernels: readonly Kernel<"conv2d">[] = matrixKernels<"conv2d">({
  name: "pointwise",
  matrix: matrixOf,
  inPlace: (layer) => isDense(layer) && layer.output.shape[2] <= layer.inputs[0].shape[2],
});
