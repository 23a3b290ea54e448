/** Options of DSL calls made explicit, each with its diagnostic. Values come from the user's code: only their place is trusted. */

import type { Activation, Pair } from "../../../dsl/tensor.js";
import { elements, type TensorType } from "../../ir/graph.js";
import type { Two } from "../attributes.js";
import type { ResolveContext } from "../operator.js";
import { shapeText } from "../../diagnostics/shape-text.js";

/** What the rules for single options need of the context; every operator's context fits. */
export type Asker = Pick<ResolveContext, "fail" | "inputs" | "inputName">;

/** No size, stride or padding is larger; products of two stay exact. */
const most = 2 ** 20;

/** Tensors have fewer elements, so that all positions are int32. */
const mostElements = 2 ** 28;

export function wholeNumber(value: unknown, least: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}

/** A count such as `filters`, at least 1. */
export function count(context: Asker, attribute: string, value: unknown): number {
  if (wholeNumber(value, 1)) return value;
  return context.fail(attribute, `${attribute} is ${show(value)}`, `a whole number from 1 to ${most}`);
}

/** One number for both directions, or [vertical, horizontal]; each at least 1. */
export function pair(context: Asker, attribute: string, value: Pair): Two {
  const both = Array.isArray(value) ? value : [value, value];
  if (both.length === 2 && both.every((one) => wholeNumber(one, 1))) return [both[0], both[1]];
  return context.fail(
    attribute,
    `${attribute} is ${show(value)}`,
    `a whole number from 1 to ${most}, or [vertical, horizontal] of such`,
  );
}

const activations: readonly Activation[] = ["linear", "relu", "relu6", "reluN1To1"];

export function activationOption(context: Asker, value: Activation | undefined): Activation {
  if (value === undefined) return "linear";
  if (activations.includes(value)) return value;
  return context.fail(
    "activation",
    `activation is ${show(value)}`,
    activations.map((name) => `"${name}"`).join(", "),
  );
}

/** The shape of the i-th input, which must be int8, and of `rank` dimensions where that is given. */
export function int8Input(context: Asker, rank?: number, index = 0): readonly number[] {
  const { shape, dtype } = context.inputs[index];
  const name = context.inputName(index);
  if (dtype !== "int8") {
    context.fail(undefined, `input ${name} is ${dtype}`, "int8", "put quantize() before this layer");
  }
  if (rank !== undefined && shape.length !== rank) {
    const layout = rank === 3 ? " (height, width, channels)" : "";
    context.fail(
      undefined,
      `input ${name} has shape ${shapeText(shape)}`,
      `${rank} dimensions${layout}`,
      "reshape() gives a tensor other dimensions",
    );
  }
  return shape;
}

/** The type of a result, whose size is checked. */
export function resultType(
  context: Asker,
  shape: readonly number[],
  dtype: TensorType["dtype"] = "int8",
): TensorType {
  if (elements(shape) > mostElements) {
    context.fail(undefined, `the result has shape ${shapeText(shape)}`, `at most ${mostElements} elements`);
  }
  return { shape, dtype };
}

/** A value of the user's code in a message. */
export function show(value: unknown): string {
  if (typeof value === "number" || value === undefined) return String(value);
  return JSON.stringify(value) ?? String(value);
}
