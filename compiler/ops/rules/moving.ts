/** What operators that only move elements have in common, and the options that several of them take. */

import { move } from "../../kernels/data-movement.js";
import { elements } from "../../ir/graph.js";
import { perform, quantized, stretch, type MovementOf } from "../arithmetic/movement.js";
import { int8Data, quantizationOf } from "../arithmetic/quantization.js";
import type { OperatorKind } from "../attributes.js";
import type { Operator } from "../operator.js";
import { show, wholeNumber, type Asker } from "./options.js";

type Moving<K extends OperatorKind> = Pick<
  Operator<K>,
  "quantization" | "macs" | "view" | "float" | "reference" | "kernels"
>;

/** All of an operator but its shape rule. @param name of the kernel, in the report */
export function moving<K extends OperatorKind>(name: string, movementOf: MovementOf<K>): Moving<K> {
  return {
    quantization: () => "input",

    macs: () => 0,

    view: (operation, input, output) => stretch(movementOf(operation, [input], output)),

    float(operation, inputs, types, output) {
      const movement = movementOf(operation, types, output);
      return perform(movement, inputs, new Float32Array(elements(output.shape)).fill(movement.fill ?? 0));
    },

    reference(operation, inputs, types, output) {
      const movement = movementOf(operation, types, output);
      const fill = movement.fill === undefined ? 0 : quantized(movement.fill, quantizationOf(output));
      return perform(movement, inputs.map(int8Data), new Int8Array(elements(output.shape)).fill(fill));
    },

    kernels: [move(name, movementOf)],
  };
}

/** A dimension of a tensor, counted without the batch; from the last backwards where negative. */
export function axisOption(context: Asker, attribute: string, value: unknown, rank: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= -rank && value < rank)
    return value < 0 ? value + rank : value;
  const expected = rank === 1 ? "0 or -1" : `0 to ${rank - 1}, or -1 to ${-rank} counted from the last`;
  return context.fail(attribute, `${attribute} is ${show(value)}`, `${expected}, without the batch`);
}

/** One whole number for each of `count` dimensions. */
export function perDimension(
  context: Asker,
  attribute: string,
  value: unknown,
  count: number,
  least: number,
): readonly number[] {
  if (Array.isArray(value) && value.length === count && value.every((one) => wholeNumber(one, least)))
    return [...value];
  const numbers = least === -Infinity ? "whole numbers" : `whole numbers from ${least}`;
  const expected = `${numbers}, one for each of the ${count} dimensions`;
  return context.fail(attribute, `${attribute} is ${show(value)}`, expected);
}

/** [before, after] for each of `count` dimensions. */
export function bothSides(
  context: Asker,
  attribute: string,
  value: unknown,
  count: number,
): readonly (readonly [number, number])[] {
  const isPair = (one: unknown) =>
    Array.isArray(one) && one.length === 2 && one.every((side) => wholeNumber(side, 0));
  if (Array.isArray(value) && value.length === count && value.every(isPair))
    return value.map(([before, after]) => [before, after] as const);
  const expected = `[before, after] for each of the ${count} dimensions, whole numbers from 0`;
  return context.fail(attribute, `${attribute} is ${show(value)}`, expected);
}

/** Positions along one dimension are kept as a list. */
const longest = 2 ** 20;

/** Rejects dimensions whose elements are not a progression, and are too many for a list. */
export function listable(context: Asker, shape: readonly number[]): readonly number[] {
  const long = shape.find((size) => size > longest);
  if (long === undefined) return shape;
  return context.fail(undefined, `the result has ${long} elements in one dimension`, `at most ${longest}`);
}
