import { elements } from "../ir/graph.js";
import { gather } from "./arithmetic/movement.js";
import { strides } from "./arithmetic/positions.js";
import type { Operator } from "./operator.js";
import { bothSides, listable } from "./rules/dimension-options.js";
import { moving } from "./rules/moving.js";
import { blockOption } from "./rules/blocks.js";
import { int8Input, resultType } from "./rules/options.js";

/** Batches are interleaved into larger images, the inverse of spaceToBatch: [b * b * n, h, w, ..] to [n, h * b, w * b, ..], then cropped. */
export const batchToSpace: Operator<"batchToSpace"> = {
  kind: "batchToSpace",
  tflite: "BATCH_TO_SPACE_ND",

  resolve(context) {
    const shape = int8Input(context);
    const block = blockOption(context, shape);
    const given = context.node.attributes.crops ?? block.map(() => [0, 0]);
    const crops = bothSides(context, "crops", given, block.length);
    const batch = shape[0] / elements(block);
    if (!Number.isInteger(batch)) {
      const expected = `a multiple of the block's ${elements(block)} elements`;
      context.fail("block", `the input's first dimension is ${shape[0]}`, expected);
    }
    const image = block.map((size, i) => shape[1 + i] * size - crops[i][0] - crops[i][1]);
    if (image.some((size) => size < 1))
      context.fail("crops", "nothing is left of the image", "crops smaller than the image");
    const size = [batch, ...image, ...shape.slice(1 + block.length)];
    return { attributes: { block, crops }, output: resultType(context, listable(context, size)) };
  },

  ...moving("batch to space", ({ attributes: { block, crops } }, [{ shape }], output) => {
    const distances = strides(shape);
    const between = strides(block).map((distance) => distance * output.shape[0] * distances[0]);
    const from = output.shape.map((size, d) => {
      const i = d - 1;
      if (i < 0 || i >= block.length) return distances[d];
      return Array.from({ length: size }, (_, index) => {
        const position = index + crops[i][0];
        return (position % block[i]) * between[i] + Math.floor(position / block[i]) * distances[d];
      });
    });
    return gather(output.shape, from);
  }),
};
