import type { Copy } from "./arithmetic/movement.js";
import { strides } from "./arithmetic/positions.js";
import type { Operator } from "./operator.js";
import { perDimension } from "./rules/dimension-options.js";
import { moving } from "./rules/moving.js";
import { int8Input, resultType } from "./rules/options.js";

/** The tensor repeated along its dimensions. */
export const tile: Operator<"tile"> = {
  kind: "tile",
  tflite: "TILE",

  resolve(context) {
    const shape = int8Input(context);
    const repeats = perDimension(context, "repeats", context.node.attributes.repeats, shape.length, 1);
    return {
      attributes: { repeats },
      output: resultType(
        context,
        shape.map((size, i) => size * repeats[i]),
      ),
    };
  },

  ...moving("tile", ({ attributes: { repeats } }, [input], output) => {
    const [from, to] = [strides(input.shape), strides(output.shape)];
    const axes = input.shape.flatMap((size, i) => [
      { size: repeats[i], from: 0, to: to[i] * size },
      { size, from: from[i], to: to[i] },
    ]);
    const copy: Copy = { input: 0, start: 0, target: 0, axes };
    return { copies: [copy] };
  }),
};
