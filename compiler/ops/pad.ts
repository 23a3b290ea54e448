import type { Copy } from "./arithmetic/movement.js";
import { strides } from "./arithmetic/positions.js";
import type { Operator } from "./operator.js";
import { bothSides } from "./rules/dimension-options.js";
import { moving } from "./rules/moving.js";
import { int8Input, resultType, show } from "./rules/options.js";

/** Zeros, or another value, around a tensor. */
export const pad: Operator<"pad"> = {
  kind: "pad",
  tflite: "PAD",

  resolve(context) {
    const { value = 0 } = context.node.attributes;
    const shape = int8Input(context);
    const paddings = bothSides(context, "paddings", context.node.attributes.paddings, shape.length);
    if (typeof value !== "number" || Number.isNaN(value))
      context.fail("value", `value is ${show(value)}`, "a number");
    const size = shape.map((one, i) => paddings[i][0] + one + paddings[i][1]);
    return { attributes: { paddings, value }, output: resultType(context, size) };
  },

  ...moving("pad", ({ attributes: { paddings, value } }, [{ shape }], output) => {
    const [from, to] = [strides(shape), strides(output.shape)];
    const target = paddings.reduce((sum, [before], i) => sum + before * to[i], 0);
    const axes = shape.map((size, i) => ({ size, from: from[i], to: to[i] }));
    const copy: Copy = { input: 0, start: 0, target, axes };
    const isPadded = paddings.flat().some((side) => side > 0);
    return { fill: isPadded ? value : undefined, copies: [copy] };
  }),
};
