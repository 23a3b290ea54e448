/**
 * Members of a search space share the tensors of its largest network (one-shot super-network; Cai et al., Once-for-All, ICLR 2020, without
 * its kernel transformation): a member takes the first channels, which training has sorted by importance, and the centre of the kernel.
 */

import type { Layout } from "../../dsl/weights.js";
import type { StoredTensor } from "../files/tensor-file.js";
import type { ConstantLayout } from "../ops/operator.js";
import { isSpatial, orderOf } from "./layouts.js";

/**
 * The part of a super-network's tensor that a layer of the wanted sizes has.
 * @param wanted in canonical order; -1: all there is
 * @returns the tensor itself where it has these sizes, and where it has no such part (whoever compares shapes will say so)
 */
export function sliced(
  tensor: StoredTensor,
  wanted: readonly number[],
  layout: ConstantLayout,
  file: Layout,
): StoredTensor {
  const order = orderOf(tensor.shape.length, layout, file);
  if (!order || !(tensor.data instanceof Float32Array)) return tensor;
  const sizes = order.map((dimension, i) =>
    dimension === "1" || wanted[dimension] === -1 ? tensor.shape[i] : wanted[dimension],
  );
  const starts = order.map((dimension, i) =>
    dimension !== "1" && isSpatial(layout, dimension) ? (tensor.shape[i] - sizes[i]) / 2 : 0,
  );
  const isPart = sizes.every((size, i) => size <= tensor.shape[i] && Number.isInteger(starts[i]));
  if (!isPart || sizes.every((size, i) => size === tensor.shape[i])) return tensor;
  return { ...tensor, shape: sizes, data: part(tensor.data, tensor.shape, sizes, starts) };
}

/** @returns `sizes` elements of an array of `shape`, from `starts` on, in C order */
function part(
  data: Float32Array,
  shape: readonly number[],
  sizes: readonly number[],
  starts: readonly number[],
): Float32Array {
  const result = new Float32Array(sizes.reduce((a, b) => a * b, 1));
  const last = sizes.length - 1;
  let to = 0;
  const copy = (dimension: number, from: number): void => {
    if (dimension === last) {
      const first = from * shape[last] + starts[last];
      result.set(data.subarray(first, first + sizes[last]), to);
      to += sizes[last];
      return;
    }
    for (let i = 0; i < sizes[dimension]; i++) {
      copy(dimension + 1, from * shape[dimension] + starts[dimension] + i);
    }
  };
  copy(0, 0);
  return result;
}
