/** What operators that take dimensions away have in common. */

import type { ReduceOptions } from "../../../dsl/signatures.js";
import { positions, strides } from "../arithmetic/positions.js";
import type { Reduction } from "../attributes.js";
import { channelwise, type ChannelRule } from "../channels.js";
import type { Resolved, ResolveContext } from "../operator.js";
import { axisOption } from "./dimension-options.js";
import { int8Input, resultType, show } from "./options.js";

/** The shape rule. */
export function reducedResult<K extends "mean" | "reduceMax" | "reduceMin">(
  context: ResolveContext<K>,
): Resolved<K> {
  const { axes: wanted, keepDimensions = false } = context.node.attributes as ReduceOptions;
  const shape = int8Input(context);
  if (!Array.isArray(wanted) || wanted.length === 0) {
    return context.fail("axes", `axes is ${show(wanted)}`, "one or more dimensions");
  }
  if (typeof keepDimensions !== "boolean") {
    context.fail("keepDimensions", `keepDimensions is ${show(keepDimensions)}`, "true or false");
  }
  const axes = wanted.map((axis) => axisOption(context, "axes", axis, shape.length)).sort((a, b) => a - b);
  if (new Set(axes).size !== axes.length)
    context.fail("axes", `axes is ${show(wanted)}`, "each dimension once");
  const output = keepDimensions
    ? shape.map((size, i) => (axes.includes(i) ? 1 : size))
    : shape.filter((_, i) => !axes.includes(i));
  const attributes: Reduction = { axes, keepDimensions };
  return { attributes: attributes as Resolved<K>["attributes"], output: resultType(context, output) };
}

/** For every element of the input, the element of the result that it goes into. */
export function targets(axes: readonly number[], shape: readonly number[]): Int32Array {
  const kept = strides(shape.map((size, i) => (axes.includes(i) ? 1 : size)));
  return positions(
    shape,
    kept.map((distance, i) => (axes.includes(i) ? 0 : distance)),
  );
}

/** The channels of a result over dimensions without the last one are the input's; over the last one, all of them count. */
export const overPositions: Pick<ChannelRule<"mean" | "reduceMax" | "reduceMin">, "links"> = {
  links: (operation, inputs, output) =>
    operation.attributes.axes.includes(inputs[0].shape.length - 1)
      ? undefined
      : channelwise.links(operation, inputs, output),
};
