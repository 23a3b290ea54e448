import { strides } from "./arithmetic/positions.js";
import type { Operator } from "./operator.js";
import { moving } from "./rules/moving.js";
import { count, int8Input, resultType } from "./rules/options.js";

/** The channels of a pixel become a block of pixels: [h, w, b * b * c] to [h * b, w * b, c], the block's rows one after the other. */
export const depthToSpace: Operator<"depthToSpace"> = {
  kind: "depthToSpace",
  tflite: "DEPTH_TO_SPACE",

  resolve(context) {
    const [height, width, channels] = int8Input(context, 3);
    const blockSize = count(context, "blockSize", context.node.attributes.blockSize);
    const rest = channels / blockSize ** 2;
    if (!Number.isInteger(rest)) {
      const expected = `a number whose square divides ${channels}, the input's channels`;
      context.fail("blockSize", `blockSize is ${blockSize}`, expected);
    }
    return {
      attributes: { blockSize },
      output: resultType(context, [height * blockSize, width * blockSize, rest]),
    };
  },

  ...moving("depth to space", ({ attributes: { blockSize } }, [{ shape }], output) => {
    const [height, width] = shape;
    const channels = output.shape[2];
    const [[row, pixel], [toRow, toPixel]] = [strides(shape), strides(output.shape)];
    const axes = [
      { size: height, from: row, to: toRow * blockSize },
      { size: blockSize, from: blockSize * channels, to: toRow },
      { size: width, from: pixel, to: toPixel * blockSize },
      { size: blockSize, from: channels, to: toPixel },
      { size: channels, from: 1, to: 1 },
    ];
    return { copies: [{ input: 0, start: 0, target: 0, axes }] };
  }),
};
