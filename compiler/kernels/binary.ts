/**
 * Two tensors element by element, with broadcasting, in place where the memory allows it. Neighbouring dimensions over which both
 * operands move alike are one loop; what an operand has to say for a whole inner loop is computed before it.
 */

import { elements, type Value } from "../ir/graph.js";
import {
  Block,
  Constant,
  Pointer,
  int,
  type ConstantArray,
  type Expr,
  type KernelFunction,
} from "../ir/loop.js";
import { broadcastLoops, type BroadcastLoop } from "../ops/arithmetic/broadcast.js";
import { multiplyByQuantizedMultiplier, type QuantizedMultiplier } from "../ops/arithmetic/fixed-point.js";
import { productMultiplier } from "../ops/arithmetic/product.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import { squareMultipliers, squareShift, sumMultipliers, sumShift } from "../ops/arithmetic/sum.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import type { Activation } from "../../dsl/tensor.js";
import { table } from "./element-wise.js";
import type { Kernel, Layer } from "./kernel.js";
import { operand } from "./operand.js";
import { outputRange, twoRoundings, type Requantization } from "./requantization.js";

/** How two int8 become one. */
export interface Combination {
  /** What is computed of an operand on its own. */
  readonly left: (q: Expr) => Expr;
  readonly right: (q: Expr) => Expr;
  readonly both: (left: Expr, right: Expr, block: Block) => Expr;
  readonly constants: readonly ConstantArray[];
  readonly notes: readonly string[];
}

type Binary = "add" | "subtract" | "multiply" | "maximum" | "minimum" | "squaredDifference" | "prelu";

export const elementWiseSum = kernel<"add">("add", (layer) => sum(layer, 1));
export const elementWiseDifference = kernel<"subtract">("subtract", (layer) => sum(layer, -1));
export const elementWiseProduct = kernel<"multiply">("multiply", product);
export const elementWiseMaximum = kernel<"maximum">("maximum", () => extreme(m7.max));
export const elementWiseMinimum = kernel<"minimum">("minimum", () => extreme(m7.min));
export const elementWiseSquare = kernel<"squaredDifference">("squared difference", squaredDifference);

/** An operand that is one constant makes the other's function a table; with fewer elements than it has entries it does not pay. */
export function tableOfConstant<K extends Binary>(name: string): Kernel<K> {
  const plain = table<K>(name);
  return { ...plain, fits: (layer) => elements(layer.output.shape) >= 256 && plain.fits(layer) };
}

/** TFLite's ADD and SUB: both inputs to a common scale with 20 bits below the point, combined, and scaled down. */
export function sum({ operation, inputs, output }: Layer<"add" | "subtract">, sign: 1 | -1): Combination {
  const [from, other] = inputs.map(quantizationOf);
  const multipliers = sumMultipliers(from, other, quantizationOf(output));
  // Each side stays below 2^27: its multiplier is at most 1/2.
  const requantization = single(multipliers.output, 2 ** 28, output, operation.attributes.activation);
  return {
    left: (q) => scaled(q, from.zeroPoint, sumShift, multipliers.left),
    right: (q) => scaled(q, other.zeroPoint, sumShift, multipliers.right),
    both: (left, right) => requantization.apply(sign === 1 ? left.plus(right) : left.minus(right), int(0)),
    constants: requantization.constants,
    notes: [requantization.note],
  };
}

/** TFLite's MUL: |product| <= 255 * 255, scaled down. */
export function product({ operation, inputs, output }: Layer<"multiply">): Combination {
  const [from, other] = inputs.map(quantizationOf);
  const multiplier = productMultiplier(from, other, quantizationOf(output));
  const requantization = single(multiplier, 255 * 255, output, operation.attributes.activation);
  return {
    left: (q) => q.minus(from.zeroPoint),
    right: (q) => q.minus(other.zeroPoint),
    both: (left, right) => requantization.apply(left.times(right), int(0)),
    constants: requantization.constants,
    notes: [requantization.note],
  };
}

/** TFLite's SQUARED_DIFFERENCE: as the difference, with 7 bits below the point, squared before it is scaled down. */
export function squaredDifference({ inputs, output }: Layer<"squaredDifference">): Combination {
  const [from, other] = inputs.map(quantizationOf);
  const multipliers = squareMultipliers(from, other, quantizationOf(output));
  const requantization = single(multipliers.output, (255 * 2 ** squareShift) ** 2, output, "linear");
  return {
    left: (q) => scaled(q, from.zeroPoint, squareShift, multipliers.left),
    right: (q) => scaled(q, other.zeroPoint, squareShift, multipliers.right),
    both(left, right, block) {
      const difference = block.let("difference", left.minus(right));
      return requantization.apply(difference.times(difference), int(0));
    },
    constants: requantization.constants,
    notes: [requantization.note],
  };
}

/** All three have one quantisation: int8 values compare as the reals do. */
export function extreme(instruction: typeof m7.max): Combination {
  const same = (q: Expr) => q;
  return {
    left: same,
    right: same,
    both: (left, right) => call(instruction, left, right),
    constants: [],
    notes: [],
  };
}

function single(
  multiplier: QuantizedMultiplier,
  bound: number,
  output: Value,
  activation: Activation,
): Requantization {
  return twoRoundings([multiplier], [bound], outputRange(output, activation));
}

/** (q - zeroPoint) * 2^bits times a multiplier of at most 1/2. */
function scaled(q: Expr, zeroPoint: number, bits: number, multiplier: QuantizedMultiplier): Expr {
  const { shift } = multiplier;
  const value = q.minus(zeroPoint);
  if (value instanceof Constant) return int(multiplyByQuantizedMultiplier(value.value << bits, multiplier));
  // A power of two takes some of the bits back, and nothing is rounded.
  if (multiplier.multiplier === 2 ** 30 && bits - 1 + shift >= 0) return value.times(2 ** (bits - 1 + shift));
  const fraction = value.times(2 ** bits);
  if (shift < 0) return call(m7.requantizeRight, fraction, multiplier.multiplier, -shift);
  return call(m7.requantize, fraction, multiplier.multiplier, shift);
}

export function kernel<K extends Binary>(name: string, combine: (layer: Layer<K>) => Combination): Kernel<K> {
  return {
    name,
    fits: () => true,
    inPlace: ({ inputs, output }) =>
      [0, 1].filter((index) => elements(inputs[index].shape) === elements(output.shape)),
    lower: (layer, { inPlace }) => lowerBinary(layer, combine(layer), inPlace),
  };
}

function lowerBinary<K extends Binary>(
  layer: Layer<K>,
  combination: Combination,
  inPlace: boolean,
): KernelFunction {
  const { inputs, output } = layer;
  const operands = [operand(layer, 0, "a"), operand(layer, 1, "b")];
  const out = new Pointer("out", "int8", true);
  const block = new Block();
  const sides: Side[] = operands.map((one, i) => ({
    name: i === 0 ? "left" : "right",
    at: known(inputs[i]) ?? ((index) => one.pointer.at(index)),
    compute: i === 0 ? combination.left : combination.right,
  }));
  const shapes = inputs.map(({ shape }) => shape);
  walk(block, broadcastLoops(shapes, output.shape), sides, (values, index, body) =>
    body.store(out, index, combination.both(values[0], values[1], body)),
  );
  return {
    parameters: [...operands.flatMap((one) => one.parameters), out],
    constants: [
      ...operands.flatMap((one, i) => (known(inputs[i]) ? [] : one.constants)),
      ...combination.constants,
    ],
    body: block.statements,
    notes: [
      ...combination.notes,
      ...(inPlace ? ["in place: an element is read before it is overwritten."] : []),
    ],
  };
}

interface Side {
  readonly name: string;
  /** The int8 value at an index. */
  readonly at: (index: Expr) => Expr;
  readonly compute: (q: Expr) => Expr;
}

/** A constant of one element needs no array. */
function known({ shape, constant }: Value): Side["at"] | undefined {
  const data = constant?.data;
  return data && elements(shape) === 1 ? () => int(data[0]) : undefined;
}

/** Loops over the result; each side is computed in the innermost loop over which it moves. */
function walk(
  block: Block,
  loops: readonly BroadcastLoop[],
  sides: readonly Side[],
  store: (values: readonly Expr[], index: Expr, block: Block) => void,
): void {
  const descend = (
    body: Block,
    depth: number,
    positions: readonly Expr[],
    index: Expr,
    values: readonly (Expr | undefined)[],
  ): void => {
    const rest = loops.slice(depth);
    const found = sides.map((side, i) => {
      if (values[i] || rest.some(({ steps }) => steps[i] !== 0)) return values[i];
      const value = side.compute(side.at(positions[i]));
      return value instanceof Constant ? value : body.let(side.name, value);
    });
    if (rest.length === 0) return store(found as Expr[], index, body);
    const [{ size, steps }] = rest;
    body.for("ijklmn"[depth], 0, size, 1, (counter, inner) => {
      const moved = positions.map((position, i) => position.plus(counter.times(steps[i])));
      descend(inner, depth + 1, moved, index.times(size).plus(counter), found);
    });
  };
  descend(block, 0, [int(0), int(0)], int(0), [undefined, undefined]);
}
