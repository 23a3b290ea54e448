/** Mean, largest and smallest element over any dimensions. */

import { elements } from "../ir/graph.js";
import { Block, Pointer, int, type Expr } from "../ir/loop.js";
import { meanMultiplier } from "../ops/arithmetic/mean-multiplier.js";
import { strides } from "../ops/arithmetic/positions.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import type { Reduction } from "../ops/attributes.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import type { Kernel, Layer } from "./kernel.js";
import { outputRange, twoRoundings } from "./requantization.js";

/** Sums of raw int8, the zero point and the count folded into one requantisation. */
export const meanOverAxes: Kernel<"mean"> = {
  name: "mean",
  fits: () => true,
  lower(layer) {
    const { operation, inputs, output } = layer;
    const count = elements(operation.attributes.axes.map((axis) => inputs[0].shape[axis]));
    const [from, to] = [quantizationOf(inputs[0]), quantizationOf(output)];
    const multiplier = meanMultiplier(from, to, count);
    const requantization = twoRoundings([multiplier], [count * 255], outputRange(output, "linear"));
    const code = reduce(layer, {
      start: -count * from.zeroPoint,
      step: (sum, value) => sum.plus(value),
      finish: (sum) => requantization.apply(sum, int(0)),
    });
    return { ...code, constants: requantization.constants, notes: [requantization.note] };
  },
};

function extremeOverAxes<K extends "reduceMax" | "reduceMin">(
  name: string,
  instruction: typeof m7.max,
  start: number,
): Kernel<K> {
  return {
    name,
    fits: () => true,
    lower(layer) {
      const step = (best: Expr, value: Expr) => call(instruction, best, value);
      const code = reduce(layer as unknown as Layer<"mean">, { start, step, finish: (best) => best });
      return { ...code, constants: [], notes: [] };
    },
  };
}

export const maximumOverAxes = extremeOverAxes<"reduceMax">("reduceMax", m7.max, -128);
export const minimumOverAxes = extremeOverAxes<"reduceMin">("reduceMin", m7.min, 127);

interface Accumulation {
  readonly start: number;
  step(accumulator: Expr, value: Expr): Expr;
  /** The int8 result. */
  finish(accumulator: Expr): Expr;
}

/** Loops over what stays, and inside of them over what goes. */
function reduce({ operation, inputs }: Layer<"mean">, { start, step, finish }: Accumulation) {
  const { axes } = operation.attributes as Reduction;
  const runs = runsOf(inputs[0].shape, axes);
  const shape = runs.map(({ size }) => size);
  const distances = strides(shape);
  const [reduced, kept] = [true, false].map((goes) => [...runs.keys()].filter((i) => runs[i].goes === goes));
  const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
  const block = new Block();
  nest(block, kept, shape, "i", (indices, body) => {
    const first = kept.reduce<Expr>((sum, axis, i) => sum.plus(indices[i].times(distances[axis])), int(0));
    const position = kept.reduce<Expr>((sum, axis, i) => sum.times(shape[axis]).plus(indices[i]), int(0));
    const acc = body.variable("acc", start);
    nest(body, reduced, shape, "j", (inner, tap) => {
      const at = reduced.reduce<Expr>((sum, axis, i) => sum.plus(inner[i].times(distances[axis])), first);
      tap.set(acc, step(acc, x.at(at)));
    });
    body.store(y, position, finish(acc));
  });
  return { parameters: [x, y], body: block.statements };
}

/** Neighbouring dimensions that all go, or all stay, as one; those of size 1 are neither. */
export function runsOf(shape: readonly number[], axes: readonly number[]): { size: number; goes: boolean }[] {
  const runs: { size: number; goes: boolean }[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const goes = axes.includes(axis);
    const last = runs.at(-1);
    if (last?.goes === goes) last.size *= size;
    else runs.push({ size, goes });
  });
  return runs;
}

/** One loop for each of `axes`, outermost first. */
function nest(
  block: Block,
  axes: readonly number[],
  shape: readonly number[],
  prefix: string,
  body: (indices: readonly Expr[], block: Block) => void,
  indices: readonly Expr[] = [],
): void {
  if (indices.length === axes.length) return body(indices, block);
  const axis = axes[indices.length];
  block.for(`${prefix}${axis}`, 0, shape[axis], 1, (index, inner) =>
    nest(inner, axes, shape, prefix, body, [...indices, index]),
  );
}
