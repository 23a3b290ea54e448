import { strides } from "./arithmetic/positions.js";
import type { Operator } from "./operator.js";
import { moving } from "./rules/moving.js";
import { count, int8Input, resultType } from "./rules/options.js";

/** A block of pixels becomes the channels of one: [h, w, c] to [h / b, w / b, b * b * c], the block's rows one after the other. */
export const spaceToDepth: Operator<"spaceToDepth"> = {
  kind: "spaceToDepth",
  tflite: "SPACE_TO_DEPTH",

  resolve(context) {
    const [height, width, channels] = int8Input(context, 3);
    const blockSize = count(context, "blockSize", context.node.attributes.blockSize);
    if (height % blockSize !== 0 || width % blockSize !== 0) {
      const expected = `a divisor of ${height} and ${width}, the input's height and width`;
      context.fail("blockSize", `blockSize is ${blockSize}`, expected);
    }
    const size = [height / blockSize, width / blockSize, channels * blockSize ** 2];
    return { attributes: { blockSize }, output: resultType(context, size) };
  },

  ...moving("space to depth", ({ attributes: { blockSize } }, [{ shape }], output) => {
    const [height, width] = output.shape;
    const channels = shape[2];
    const [[row, pixel], [toRow, toPixel]] = [strides(shape), strides(output.shape)];
    const axes = [
      { size: height, from: row * blockSize, to: toRow },
      { size: width, from: pixel * blockSize, to: toPixel },
      { size: blockSize, from: row, to: blockSize * channels },
      { size: blockSize, from: pixel, to: channels },
      { size: channels, from: 1, to: 1 },
    ];
    return { copies: [{ input: 0, start: 0, target: 0, axes }] };
  }),
};
