/** Translators of operators over dimensions: padding, reshaping, transposing, averaging. */

import { flatten, globalAveragePool, mean, pad, reshape, transpose } from "../../dsl/index.js";
import { hasBatch, print, withoutBatch, type Call, type Value } from "./call.js";
import { optionsTables } from "./schema.js";

const same = (a: readonly number[], b: readonly number[]): boolean => print(a) === print(b);

export function translatePad(call: Call): Value {
  const { tensor, shape } = call.value(0);
  const full = call.inputTensor(0)!.shape;
  const flat = call.integers(1, "paddings");
  if (flat.length !== 2 * full.length)
    call.fail(`paddings of ${flat.length} numbers`, `2 for each of ${full.length} dimensions`);
  if (flat.some((size) => size < 0 || size > 65535)) call.fail(`paddings ${print(flat)}`, "0 to 65535");
  const rows = full.map((_, axis) => [flat[2 * axis], flat[2 * axis + 1]] as const);
  if (hasBatch(full) && rows[0].some((size) => size !== 0)) call.fail("padding of the batch", "none there");
  const paddings = hasBatch(full) ? rows.slice(1) : rows;
  // Converters from PyTorch write a padding before every convolution, most of them of nothing.
  if (paddings.flat().every((size) => size === 0) && call.hasStep()) return { tensor, shape };
  const result = pad(tensor, { paddings, ...call.quantizationUnless() });
  return { tensor: result, shape: shape.map((size, axis) => paddings[axis][0] + size + paddings[axis][1]) };
}

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

export function translateMean(call: Call): Value {
  const { tensor, shape } = call.value(0);
  const full = call.inputTensor(0)!.shape;
  const given = call.integers(1, "axes").map((axis) => (axis < 0 ? axis + full.length : axis));
  if (given.some((axis) => axis < 0 || axis >= full.length))
    call.fail(`the axes ${print(given)}`, `0 to ${full.length - 1}`);
  const counted = hasBatch(full) ? given.filter((axis) => axis !== 0).map((axis) => axis - 1) : given;
  const axes = [...new Set(counted)].sort((a, b) => a - b);
  const keepDimensions = call.options(optionsTables.reducer).keepDimensions !== 0;
  if (axes.length === 0 || (axes.length === shape.length && !keepDimensions)) {
    call.fail(`the mean over ${print(given)} of ${print(full)}`, "some of the dimensions besides the batch");
  }
  const averaged = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const quantization = call.quantization();
  if (keepDimensions)
    return { tensor: mean(tensor, { axes, keepDimensions, ...quantization }), shape: averaged };
  const isGlobal = shape.length === 3 && same(axes, [0, 1]);
  const result = isGlobal ? globalAveragePool(tensor, quantization) : mean(tensor, { axes, ...quantization });
  return { tensor: result, shape: shape.filter((_, axis) => !axes.includes(axis)) };
}
