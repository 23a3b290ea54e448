/** NumPy's broadcasting: shapes are aligned at their last dimension, and a size of 1, or none, repeats. */

import { strides } from "./positions.js";

/** The shape of a result; undefined where two sizes differ and neither is 1. */
export function broadcastShape(left: readonly number[], right: readonly number[]): number[] | undefined {
  const rank = Math.max(left.length, right.length);
  const size = (shape: readonly number[], axis: number) => shape[axis - rank + shape.length] ?? 1;
  const axes = Array.from({ length: rank }, (_, axis) => [size(left, axis), size(right, axis)] as const);
  if (axes.some(([a, b]) => a !== b && a !== 1 && b !== 1)) return undefined;
  return axes.map(([a, b]) => (a === 1 ? b : a));
}

/** How far an operand moves for each step along the dimensions of the result: 0 where it repeats. */
export function broadcastStrides(operand: readonly number[], result: readonly number[]): number[] {
  const own = strides(operand);
  const missing = result.length - operand.length;
  return result.map((_, axis) => (axis < missing || operand[axis - missing] === 1 ? 0 : own[axis - missing]));
}

/** One loop over a result and the steps that the operands take in it. */
export interface BroadcastLoop {
  readonly size: number;
  readonly steps: readonly number[];
}

/** The fewest loops that walk over the result in C order: neighbouring dimensions over which every operand moves alike are one. */
export function broadcastLoops(
  operands: readonly (readonly number[])[],
  result: readonly number[],
): BroadcastLoop[] {
  const distances = operands.map((operand) => broadcastStrides(operand, result));
  const loops: BroadcastLoop[] = [];
  result.forEach((size, axis) => {
    if (size === 1) return;
    const steps = distances.map((one) => one[axis]);
    const outer = loops.at(-1);
    if (outer && outer.steps.every((step, i) => step === steps[i] * size)) {
      loops[loops.length - 1] = { size: outer.size * size, steps };
    } else {
      loops.push({ size, steps });
    }
  });
  return loops;
}
