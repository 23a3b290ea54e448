import type { Operator } from "./operator.js";
import { axisOption, perDimension } from "./rules/dimension-options.js";
import { moving } from "./rules/moving.js";
import { int8Input, resultType, show, wholeNumber } from "./rules/options.js";
import { slicing } from "./slice.js";

/** One of the parts that a tensor is cut into along a dimension. */
export const split: Operator<"split"> = {
  kind: "split",
  tflite: "SPLIT",

  resolve(context) {
    const { parts, index } = context.node.attributes;
    const shape = int8Input(context);
    const axis = axisOption(context, "axis", context.node.attributes.axis, shape.length);
    const total = shape[axis];
    const equal = wholeNumber(parts, 1) && total % parts === 0;
    const sizes: readonly number[] = equal
      ? Array<number>(parts).fill(total / parts)
      : Array.isArray(parts)
        ? perDimension(context, "parts", parts, parts.length, 1)
        : context.fail(
            "parts",
            `parts is ${show(parts)}`,
            `a divisor of ${total}, or sizes whose sum is ${total}`,
          );
    const sum = sizes.reduce((a, b) => a + b, 0);
    if (sum !== total)
      context.fail("parts", `the sum of ${show(parts)} is ${sum}`, `${total}, the size of dimension ${axis}`);
    const start = sizes.slice(0, index).reduce((a, b) => a + b, 0);
    const begin = shape.map((_, i) => (i === axis ? start : 0));
    const size = shape.map((one, i) => (i === axis ? sizes[index] : one));
    return { attributes: { begin, strides: shape.map(() => 1) }, output: resultType(context, size) };
  },

  ...moving<"split">("split", slicing),
};
