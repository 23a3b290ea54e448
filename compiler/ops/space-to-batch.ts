import { elements } from "../ir/graph.js";
import type { Copy } from "./arithmetic/movement.js";
import { strides } from "./arithmetic/positions.js";
import type { Operator } from "./operator.js";
import { blockOption } from "./rules/blocks.js";
import { bothSides } from "./rules/dimension-options.js";
import { moving } from "./rules/moving.js";
import { int8Input, resultType } from "./rules/options.js";

/** Every b-th pixel of an image, padded with zeros, becomes an image of its own: [n, h, w, ..] to [b * b * n, h / b, w / b, ..]. */
export const spaceToBatch: Operator<"spaceToBatch"> = {
  kind: "spaceToBatch",
  tflite: "SPACE_TO_BATCH_ND",

  resolve(context) {
    const shape = int8Input(context);
    const block = blockOption(context, shape);
    const given = context.node.attributes.paddings ?? block.map(() => [0, 0]);
    const paddings = bothSides(context, "paddings", given, block.length);
    const image = block.map((size, i) => {
      const padded = paddings[i][0] + shape[1 + i] + paddings[i][1];
      if (padded % size === 0) return padded / size;
      const what = `the padded image has ${padded} elements in dimension ${1 + i}`;
      return context.fail("block", what, `a multiple of the block's ${size}`);
    });
    const size = [shape[0] * elements(block), ...image, ...shape.slice(1 + block.length)];
    return { attributes: { block, paddings }, output: resultType(context, size) };
  },

  ...moving("space to batch", ({ attributes: { block, paddings } }, [{ shape }], output) => {
    const [from, to] = [strides(shape), strides(output.shape)];
    const isPadded = paddings.flat().some((side) => side > 0);
    const offsets = Array.from({ length: elements(block) }, (_, number) =>
      strides(block).map((distance, i) => Math.floor(number / distance) % block[i]),
    );
    const copies = offsets.flatMap((offset, number): Copy[] => {
      /** The pixels of the result that lie on the image: from the first on, how many. */
      const inside = block.map((size, i) => {
        const before = paddings[i][0] - offset[i];
        const first = Math.max(0, Math.ceil(before / size));
        const end = Math.min(output.shape[1 + i], Math.ceil((before + shape[1 + i]) / size));
        return { first, count: end - first, position: first * size - before };
      });
      if (inside.some(({ count }) => count < 1)) return [];
      const sum = (of: (i: number) => number) => block.reduce((total, _, i) => total + of(i), 0);
      const axes = shape.map((size, d) => {
        const i = d - 1;
        if (i < 0 || i >= block.length) return { size, from: from[d], to: to[d] };
        return { size: inside[i].count, from: from[d] * block[i], to: to[d] };
      });
      const start = sum((i) => inside[i].position * from[1 + i]);
      const target = number * shape[0] * to[0] + sum((i) => inside[i].first * to[1 + i]);
      return [{ input: 0, start, target, axes }];
    });
    return { fill: isPadded ? 0 : undefined, copies };
  }),
};
