/** Dimensions of a model's tensors, with and without the batch. */

import { reshape } from "../../dsl/index.js";
import type { Call } from "./call.js";
import { hasBatch, type Value } from "./values.js";

/** An input, and how many dimensions of the model's tensor it lacks in front: the batch, or none. */
export interface Operand extends Value {
  readonly skipped: 0 | 1;
}

/** An input without its batch, or with it where something happens to it; the batch costs nothing. */
export function operandOf(call: Call, index: number, isWhole: boolean): Operand {
  const value = call.operand(index);
  const { shape } = call.inputTensor(index)!;
  if (!hasBatch(shape)) return { ...value, skipped: 0 };
  return isWhole ? { tensor: reshape(value.tensor, shape), shape, skipped: 0 } : { ...value, skipped: 1 };
}

/** A dimension of the model's tensor, from the last backwards where negative. */
export function axisOf(call: Call, given: number, rank: number): number {
  const axis = given < 0 ? given + rank : given;
  if (axis >= 0 && axis < rank) return axis;
  return call.fail(`axis ${given} of ${rank} dimensions`, `${-rank} to ${rank - 1}`);
}

export function rankOf(call: Call, index: number): number {
  return (call.inputTensor(index) ?? call.fail(`input ${index} is missing`, "a tensor")).shape.length;
}
