import { shapeText } from "../diagnostics/shape-text.js";
import { gather } from "./arithmetic/movement.js";
import { strides } from "./arithmetic/positions.js";
import type { Operator } from "./operator.js";
import { moving } from "./rules/moving.js";
import { int8Input, resultType, show, wholeNumber } from "./rules/options.js";

/** Dimensions of size 1, and new ones in front, become larger by repetition. */
export const broadcastTo: Operator<"broadcastTo"> = {
  kind: "broadcastTo",
  tflite: "BROADCAST_TO",

  resolve(context) {
    const wanted: unknown = context.node.attributes.shape;
    const shape = int8Input(context);
    const fits =
      Array.isArray(wanted) &&
      wanted.length >= shape.length &&
      wanted.every((size) => wholeNumber(size, 1)) &&
      shape.every((size, i) => size === 1 || size === wanted[i + wanted.length - shape.length]);
    if (!fits) {
      return context.fail(
        "shape",
        `shape is ${show(wanted)} and the input's is ${shapeText(shape)}`,
        "the input's sizes at the end, of which those of 1 may be larger",
      );
    }
    return { attributes: {}, output: resultType(context, [...wanted]) };
  },

  ...moving("broadcast", (_operation, [{ shape }], output) => {
    const distances = strides(shape);
    const added = output.shape.length - shape.length;
    const from = output.shape.map((_, i) => (i < added || shape[i - added] === 1 ? 0 : distances[i - added]));
    return gather(output.shape, from);
  }),
};
