/** Translators of operators over dimensions: reshaping, transposing. */

import { flatten, reshape, transpose } from "../../dsl/index.js";
import type { Call } from "./call.js";
import { hasBatch, print, withoutBatch, type Value } from "./values.js";

const same = (a: readonly number[], b: readonly number[]): boolean => print(a) === print(b);

/** RESHAPE, SQUEEZE and EXPAND_DIMS alike: the result's shape is in the model. */
export function translateReshape(call: Call): Value {
  const { tensor, shape } = call.value(0);
  const wanted = withoutBatch(call.output.shape);
  const count = (sizes: readonly number[]) => sizes.reduce((product, size) => product * size, 1);
  if (wanted.length === 0 || count(wanted) !== count(shape))
    call.fail(`${print(shape)} becomes ${print(wanted)}`, "as many elements");
  const options = call.quantizationUnless();
  if (same(shape, wanted) && !options.quantization) return { tensor, shape };
  const result = wanted.length === 1 ? flatten(tensor, options) : reshape(tensor, wanted, options);
  return { tensor: result, shape: wanted };
}

export function translateTranspose(call: Call): Value {
  const { tensor, shape } = call.value(0);
  const full = call.inputTensor(0)!.shape;
  const given = call.integers(1, "permutation");
  if (
    !same(
      [...given].sort((a, b) => a - b),
      [...full.keys()],
    )
  ) {
    call.fail(`the permutation ${print(given)}`, `every dimension of ${print(full)} once`);
  }
  // Wherever a batch of 1 goes, the other dimensions keep their order among themselves.
  const permutation = hasBatch(full) ? given.filter((axis) => axis !== 0).map((axis) => axis - 1) : given;
  const result = transpose(tensor, permutation, call.quantizationUnless());
  return { tensor: result, shape: permutation.map((axis) => shape[axis]) };
}
