/**
 * Operators that only move elements, described once: which stretch of which input goes where in the result. Their exact
 * semantics, real-valued semantics, views and the kernel (kernels/data-movement.ts) all read the same description.
 */

import type { Operation, Quantization } from "../../ir/graph.js";
import type { OperatorKind } from "../attributes.js";
import type { TensorData, Typed } from "../operator.js";
import { strides } from "./positions.js";

/** One dimension of a copy; distances in elements. */
export interface Axis {
  readonly size: number;
  /** Distance between neighbours in the input (0: the same element again; below 0: backwards), or of every index from the start. */
  readonly from: number | readonly number[];
  /** Distance between neighbours in the result, at least 1. */
  readonly to: number;
}

/** result[target + sum of index * to] = inputs[input][start + sum of index * from], for all indices of all axes. */
export interface Copy {
  readonly input: number;
  readonly start: number;
  readonly target: number;
  /** Outermost first, in the order of the result. */
  readonly axes: readonly Axis[];
}

export interface Movement {
  /** The real value of all elements that no copy writes; left out where copies write all. */
  readonly fill?: number;
  readonly copies: readonly Copy[];
}

export type MovementOf<K extends OperatorKind> = (
  operation: Operation<K>,
  inputs: readonly Typed[],
  output: Typed,
) => Movement;

/** The common case: the whole result from the first input. @param from of every dimension of the result */
export function gather(shape: readonly number[], from: readonly Axis["from"][], start = 0): Movement {
  const distances = strides(shape);
  const axes = shape.map((size, i): Axis => ({ size, from: from[i], to: distances[i] }));
  return { copies: [{ input: 0, start, target: 0, axes }] };
}

/** The int8 value of a real one. */
export function quantized(real: number, { scale, zeroPoint }: Quantization): number {
  return Math.max(-128, Math.min(127, Math.round(real / scale) + zeroPoint));
}

/** Carries out a movement, element by element. @param result filled already */
export function perform<T extends TensorData>(
  { copies }: Movement,
  inputs: readonly TensorData[],
  result: T,
): T {
  for (const { input, start, target, axes } of copies) {
    const source = inputs[input];
    const visit = (depth: number, from: number, to: number): void => {
      if (depth === axes.length) {
        result[to] = source[from];
        return;
      }
      const axis = axes[depth];
      for (let i = 0; i < axis.size; i++) visit(depth + 1, from + offset(axis, i), to + i * axis.to);
    };
    visit(0, start, target);
  }
  return result;
}

function offset({ from }: Axis, index: number): number {
  return typeof from === "number" ? index * from : from[index];
}

/**
 * The same copy with as few axes as possible: lists of distances become steps where they can, axes of one index go, and neighbours
 * that step alike become one. What is left of a copy of contiguous elements is one axis of steps 1 and 1, or none.
 */
export function simplifyCopy(copy: Copy): Copy {
  let { start } = copy;
  const axes: Axis[] = [];
  for (const axis of copy.axes) {
    const [first, plain] = relative(axis);
    start += first;
    for (const one of stepwise(plain)) if (one.size > 1) join(axes, one);
  }
  return { ...copy, start, axes };
}

/** Distances from the first index on, and that index's own. */
function relative(axis: Axis): [number, Axis] {
  const { from } = axis;
  if (typeof from === "number") return [0, axis];
  return [from[0], { ...axis, from: from.map((one) => one - from[0]) }];
}

/** A list that is an arithmetic progression is a step; one that is a sum of two progressions becomes two axes. */
function stepwise(axis: Axis): Axis[] {
  const { size, from, to } = axis;
  if (typeof from === "number" || size === 1) return [axis];
  const follows = (step: number, inner: number) =>
    from.every((one, i) => one === Math.floor(i / inner) * step + from[i % inner]);
  if (follows(from[1], 1)) return [{ size, from: from[1], to }];
  for (let inner = 2; inner <= size / 2; inner++) {
    if (size % inner !== 0 || !follows(from[inner], inner)) continue;
    const outer: Axis = { size: size / inner, from: from[inner], to: to * inner };
    return [outer, ...stepwise({ size: inner, from: from.slice(0, inner), to })];
  }
  return [axis];
}

/** Appends an axis, or makes the last one longer. */
function join(axes: Axis[], { size, from, to }: Axis): void {
  const last = axes[axes.length - 1];
  const continues =
    last && typeof from === "number" && last.from === from * size && last.to === to * size && from !== 0;
  const repeats = last && from === 0 && last.from === 0 && last.to === to * size;
  if (continues || repeats) axes[axes.length - 1] = { size: last.size * size, from, to };
  else axes.push({ size, from, to });
}

/** Where the result lies in its first input, if it is a stretch of it; see `Operator.view`. In elements. */
export function stretch({ fill, copies }: Movement): number | undefined {
  if (fill !== undefined || copies.length !== 1 || copies[0].input !== 0) return undefined;
  const { start, axes } = simplifyCopy(copies[0]);
  const isPlain = axes.length === 0 || (axes.length === 1 && axes[0].from === 1 && axes[0].to === 1);
  return isPlain ? start : undefined;
}
