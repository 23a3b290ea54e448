/** Translators of operators on two tensors, either of which may be constant. */

import {
  add,
  matmul,
  maximum,
  minimum,
  multiply,
  reshape,
  squaredDifference,
  subtract,
  type CommonOptions,
  type Tensor,
} from "../../dsl/index.js";
import { broadcastShape } from "../ops/arithmetic/broadcast.js";
import type { Call } from "./call.js";
import { optionsTables, type OptionsTable } from "./schema.js";
import { fusedActivation } from "./fused-activation.js";
import { print, type Value } from "./values.js";

type Binary = (a: Tensor, b: Tensor, options: CommonOptions) => Tensor;

/** Leading 1s, the batch's among them, broadcast like missing dimensions: leaving the batch out changes nothing. */
function translateBinary(
  operator: Binary,
  schema?: OptionsTable & { readonly fields: { readonly activation: unknown } },
): (call: Call) => Value {
  return (call) => {
    const [a, b] = [call.operand(0), call.operand(1)];
    const shape = broadcastShape(a.shape, b.shape);
    if (!shape) {
      const given = `inputs of ${print(a.shape)} and ${print(b.shape)}`;
      return call.fail(given, "the same shape, or sizes of 1 where they differ");
    }
    const activation = schema ? fusedActivation(call, call.options(schema).activation) : {};
    return { tensor: operator(a.tensor, b.tensor, { ...call.quantization(), ...activation }), shape };
  };
}

/** Raw values are compared: the operands and the result must have one quantisation. */
function translateComparison(operator: Binary): (call: Call) => Value {
  const translate = translateBinary(operator);
  return (call) => {
    for (const index of [0, 1]) {
      if (!call.hasStep(call.stepOfInput(index)))
        call.fail(`input ${index} has another quantisation than the result`, "the same for all three");
    }
    return translate(call);
  };
}

export const translateAdd = translateBinary(add, optionsTables.add);
export const translateSubtract = translateBinary(subtract, optionsTables.subtract);
export const translateMultiply = translateBinary(multiply, optionsTables.multiply);
export const translateMaximum = translateComparison(maximum);
export const translateMinimum = translateComparison(minimum);
export const translateSquaredDifference = translateBinary(squaredDifference);

export function translateBatchMatmul(call: Call): Value {
  const { adjointX, adjointY } = call.options(optionsTables.batchMatmul);
  const [a, b] = [matrices(call, 0), matrices(call, 1)];
  const [transposeA, transposeB] = [adjointX !== 0, adjointY !== 0];
  const ends = ({ shape }: Value, exchanged: boolean) =>
    exchanged ? shape.slice(-2).toReversed() : shape.slice(-2);
  const [[rows, depth], [depthB, columns]] = [ends(a, transposeA), ends(b, transposeB)];
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (depth !== depthB || !batch) {
    const given = `matrices of ${print(a.shape)} and ${print(b.shape)}`;
    return call.fail(given, "as many columns in the first as rows in the second");
  }
  const options = {
    ...call.quantization(),
    ...(transposeA ? { transposeA } : {}),
    ...(transposeB ? { transposeB } : {}),
  };
  return { tensor: matmul(a.tensor, b.tensor, options), shape: [...batch, rows, columns] };
}

/** An operand of at least two dimensions: a single row or column keeps the 1 that looks like a batch. */
function matrices(call: Call, index: number): Value {
  const value = call.operand(index);
  const { shape } = call.inputTensor(index)!;
  if (shape.length < 2) call.fail(`input ${index} is ${print(shape)}`, "at least 2 dimensions");
  if (value.shape.length >= 2) return value;
  return { tensor: reshape(value.tensor, shape), shape };
}
