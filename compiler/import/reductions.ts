/** Translators of operators that take dimensions away. */

import {
  argMax,
  argMin,
  globalAveragePool,
  mean,
  quantize,
  reduceMax,
  reduceMin,
  type ArgOptions,
  type CommonOptions,
  type ReduceOptions,
  type Tensor,
} from "../../dsl/index.js";
import type { Call } from "./call.js";
import { optionsTables } from "./schema.js";
import { hasBatch, print, type Value } from "./values.js";

interface Reduced {
  readonly input: Value;
  /** Counted without the batch, ascending; the batch itself left out. */
  readonly axes: readonly number[];
  readonly keepDimensions: boolean;
  readonly shape: readonly number[];
}

function reducedOf(call: Call): Reduced {
  const input = call.value(0);
  const axes = axesOf(call, "axes");
  const keepDimensions = call.options(optionsTables.reducer).keepDimensions !== 0;
  const shape = keepDimensions
    ? input.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : input.shape.filter((_, axis) => !axes.includes(axis));
  return { input, axes, keepDimensions, shape };
}

/** Axes in the model count the batch, and from the end where they are negative. */
function axesOf(call: Call, role: string): number[] {
  const full = call.inputTensor(0)!.shape;
  const given = call.integers(1, role);
  const counted = given.map((axis) => (axis < 0 ? axis + full.length : axis));
  if (counted.some((axis) => axis < 0 || axis >= full.length))
    call.fail(`the ${role} ${print(given)}`, `${-full.length} to ${full.length - 1}`);
  const axes = hasBatch(full) ? counted.filter((axis) => axis !== 0).map((axis) => axis - 1) : counted;
  return [...new Set(axes)].sort((a, b) => a - b);
}

const optionsOf = ({ axes, keepDimensions }: Reduced) => ({
  axes,
  ...(keepDimensions ? { keepDimensions } : {}),
});

export function translateMean(call: Call): Value {
  const reduced = reducedOf(call);
  const { input, axes, keepDimensions, shape } = reduced;
  const options = call.quantization();
  // A mean of single elements changes the scale only.
  if (axes.length === 0) return { tensor: quantize(input.tensor, options), shape };
  const isGlobal = input.shape.length === 3 && print(axes) === print([0, 1]) && !keepDimensions;
  if (isGlobal) return { tensor: globalAveragePool(input.tensor, options), shape };
  return { tensor: mean(input.tensor, { ...optionsOf(reduced), ...options }), shape };
}

function translateReduce(operator: (x: Tensor, options: ReduceOptions) => Tensor): (call: Call) => Value {
  return (call) => {
    const reduced = reducedOf(call);
    const { input, axes, shape } = reduced;
    const options: CommonOptions = call.quantizationUnless();
    if (options.quantization) call.fail("a result of another quantisation than its input", "the same");
    return axes.length === 0 ? input : { tensor: operator(input.tensor, optionsOf(reduced)), shape };
  };
}

export const translateReduceMax = translateReduce(reduceMax);
export const translateReduceMin = translateReduce(reduceMin);

function translateArg(operator: (x: Tensor, options: ArgOptions) => Tensor<any, any>): (call: Call) => Value {
  return (call) => {
    const { tensor, shape } = call.value(0);
    const axes = axesOf(call, "axis");
    if (axes.length !== 1) call.fail(`the axis ${print(call.integers(1, "axis"))}`, "one besides the batch");
    const [axis] = axes;
    call.checkOutput("int32", "int64");
    const options = {
      name: call.name,
      ...(axis === shape.length - 1 ? {} : { axis }),
      ...(call.output.dtype === "int32" ? {} : { dtype: "int64" as const }),
    };
    const result = operator(tensor, options);
    return { tensor: result, shape: shape.filter((_, one) => one !== axis) };
  };
}

export const translateArgMax = translateArg(argMax);
export const translateArgMin = translateArg(argMin);
