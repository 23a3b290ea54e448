import { shapeText } from "../diagnostics/shape-text.js";
import type { Operator } from "./operator.js";
import { axisOption } from "./rules/dimension-options.js";
import { moving } from "./rules/moving.js";
import { int8Input, resultType, show } from "./rules/options.js";
import { gather } from "./arithmetic/movement.js";
import { strides } from "./arithmetic/positions.js";

/** Dimensions of size 1 left out. */
export const squeeze: Operator<"squeeze"> = {
  kind: "squeeze",
  tflite: "SQUEEZE",

  resolve(context) {
    const { axes: given } = context.node.attributes;
    const shape = int8Input(context);
    if (given !== undefined && !Array.isArray(given))
      context.fail("axes", `axes is ${show(given)}`, "a list of dimensions");
    const axes =
      given?.map((axis: number) => axisOption(context, "axes", axis, shape.length)) ??
      shape.flatMap((size, i) => (size === 1 ? [i] : []));
    if (axes.some((axis: number) => shape[axis] !== 1))
      context.fail(
        "axes",
        `axes is ${show(given)} on an input of shape ${shapeText(shape)}`,
        "dimensions of size 1",
      );
    return {
      attributes: {},
      output: resultType(
        context,
        shape.filter((_, i) => !axes.includes(i)),
      ),
    };
  },

  ...moving("squeeze", (_operation, _inputs, output) => gather(output.shape, strides(output.shape))),
};
