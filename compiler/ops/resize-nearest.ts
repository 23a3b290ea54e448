import { gather } from "./arithmetic/movement.js";
import { strides } from "./arithmetic/positions.js";
import type { Operator } from "./operator.js";
import { moving } from "./rules/moving.js";
import { nearest, resolveResize } from "./rules/resizing.js";

/** An image in another size: every pixel is the input's nearest. */
export const resizeNearest: Operator<"resizeNearest"> = {
  kind: "resizeNearest",
  tflite: "RESIZE_NEAREST_NEIGHBOR",

  resolve: (context) => resolveResize(context, context.node.attributes),

  ...moving("resize nearest", ({ attributes }, [{ shape }], output) => {
    const distances = strides(shape);
    const places = (d: 0 | 1) =>
      nearest(shape[d], output.shape[d], attributes).map((one) => one * distances[d]);
    return gather(output.shape, [places(0), places(1), 1]);
  }),
};
