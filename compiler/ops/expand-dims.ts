import { gather } from "./arithmetic/movement.js";
import { strides } from "./arithmetic/positions.js";
import type { Operator } from "./operator.js";
import { axisOption } from "./rules/dimension-options.js";
import { moving } from "./rules/moving.js";
import { int8Input, resultType } from "./rules/options.js";

/** A new dimension of size 1. */
export const expandDims: Operator<"expandDims"> = {
  kind: "expandDims",
  tflite: "EXPAND_DIMS",

  resolve(context) {
    const shape = int8Input(context);
    const axis = axisOption(context, "axis", context.node.attributes.axis, shape.length + 1);
    return { attributes: {}, output: resultType(context, shape.toSpliced(axis, 0, 1)) };
  },

  ...moving("expand dims", (_operation, _inputs, output) => gather(output.shape, strides(output.shape))),
};
