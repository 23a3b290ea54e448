import { gather } from "./arithmetic/movement.js";
import { strides } from "./arithmetic/positions.js";
import type { Operator } from "./operator.js";
import { bothSides, listable } from "./rules/dimension-options.js";
import { moving } from "./rules/moving.js";
import { int8Input, resultType, show } from "./rules/options.js";

/** The tensor continued by its mirror images, with its edge elements once (reflect) or twice (symmetric). */
export const mirrorPad: Operator<"mirrorPad"> = {
  kind: "mirrorPad",
  tflite: "MIRROR_PAD",

  resolve(context) {
    const { mode } = context.node.attributes;
    const shape = int8Input(context);
    if (mode !== "reflect" && mode !== "symmetric")
      context.fail("mode", `mode is ${show(mode)}`, '"reflect" or "symmetric"');
    const paddings = bothSides(context, "paddings", context.node.attributes.paddings, shape.length);
    const repeatsEdge = mode === "symmetric";
    paddings.forEach((sides, i) => {
      const most = repeatsEdge ? shape[i] : shape[i] - 1;
      if (Math.max(...sides) <= most) return;
      context.fail(
        "paddings",
        `dimension ${i} of ${shape[i]} elements is padded by ${show(sides)}`,
        `at most ${most}`,
      );
    });
    const size = shape.map((one, i) => paddings[i][0] + one + paddings[i][1]);
    const output = resultType(context, listable(context, size));
    return { attributes: { paddings, repeatsEdge }, output };
  },

  ...moving("mirror pad", ({ attributes: { paddings, repeatsEdge } }, [{ shape }], output) => {
    const distances = strides(shape);
    const from = output.shape.map((size, d) => {
      if (size === shape[d]) return distances[d];
      const mirrored = (index: number) => {
        const edge = repeatsEdge ? 1 : 0;
        if (index < 0) return -index - edge;
        return index < shape[d] ? index : 2 * shape[d] - 2 - index + edge;
      };
      return Array.from({ length: size }, (_, i) => mirrored(i - paddings[d][0]) * distances[d]);
    });
    return gather(output.shape, from);
  }),
};
