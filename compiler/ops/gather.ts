import { gather as gathering } from "./arithmetic/movement.js";
import { strides } from "./arithmetic/positions.js";
import { channelwise } from "./channels.js";
import type { Operator } from "./operator.js";
import { axisOption } from "./rules/dimension-options.js";
import { moving } from "./rules/moving.js";
import { int8Input, resultType, show, wholeNumber } from "./rules/options.js";

/** Slices of one dimension in any order, some perhaps twice: those of the given indices. */
export const gather: Operator<"gather"> = {
  kind: "gather",
  tflite: "GATHER",

  resolve(context) {
    const { indices } = context.node.attributes;
    const shape = int8Input(context);
    const axis = axisOption(context, "axis", context.node.attributes.axis, shape.length);
    const isIndex = (one: unknown) => wholeNumber(one, 0) && one < shape[axis];
    if (!Array.isArray(indices) || indices.length === 0 || !indices.every(isIndex)) {
      const wrong = Array.isArray(indices) ? indices.find((one) => !isIndex(one)) : undefined;
      context.fail(
        "indices",
        wrong === undefined ? `indices is ${show(indices)}` : `indices has ${show(wrong)}`,
        `positions in dimension ${axis}, 0 to ${shape[axis] - 1}`,
      );
    }
    const size = shape.map((one, i) => (i === axis ? indices.length : one));
    return { attributes: { axis, indices: [...indices] }, output: resultType(context, size) };
  },

  ...moving("gather", ({ attributes: { axis, indices } }, [input], output) => {
    const distances = strides(input.shape);
    const from = distances.map((distance, i) =>
      i === axis ? indices.map((one) => one * distance) : distance,
    );
    return gathering(output.shape, from);
  }),

  // Indices of channels would have to be counted anew.
  channels: {
    links: (operation, inputs, output) =>
      operation.attributes.axis === inputs[0].shape.length - 1
        ? undefined
        : channelwise.links(operation, inputs, output),
  },
};
