import { elements } from "../ir/graph.js";
import { interpolation } from "../kernels/interpolation.js";
import { channelwise } from "./channels.js";
import { int8Data } from "./arithmetic/quantization.js";
import type { Resize } from "./attributes.js";
import type { Operator, TensorData, Typed } from "./operator.js";
import { clampedPosition, resolveResize, stepping } from "./rules/resizing.js";

/** An image in another size: every pixel is a weighted mean of the input's four nearest, with weights in 1/1024. */
export const resizeBilinear: Operator<"resizeBilinear"> = {
  kind: "resizeBilinear",
  tflite: "RESIZE_BILINEAR",

  resolve: (context) => resolveResize(context, context.node.attributes),

  quantization: () => "input",

  macs: (_operation, _inputs, output) => 4 * elements(output.shape),

  float(operation, [data], [input], output) {
    return Float32Array.from(sums(operation.attributes, data, input, output), (sum) => sum / 2 ** 20);
  },

  reference(operation, [data], [input], output) {
    const sum20 = sums(operation.attributes, int8Data(data), input, output);
    return Int8Array.from(sum20, (sum) => Math.trunc((sum + (sum > 0 ? 2 ** 19 : -(2 ** 19))) / 2 ** 20));
  },

  /** The weights are not negative, and their sum is 1: means stay between the values. */
  intervals: (_operation, [data]) => data,

  channels: channelwise,

  kernels: [interpolation],
};

/** The weighted sums, in 2^-20. */
function sums(attributes: Resize, data: TensorData, input: Typed, output: Typed): Float64Array {
  const [inHeight, inWidth, channels] = input.shape;
  const [height, width] = output.shape;
  const [down, across] = [stepping(inHeight, height, attributes), stepping(inWidth, width, attributes)];
  const result = new Float64Array(elements(output.shape));
  for (let y = 0; y < height; y++) {
    const v = clampedPosition(down, y);
    const [top, low] = [v >> 10, v & 1023];
    const bottom = Math.min(top + 1, inHeight - 1);
    for (let x = 0; x < width; x++) {
      const u = clampedPosition(across, x);
      const [left, far] = [u >> 10, u & 1023];
      const right = Math.min(left + 1, inWidth - 1);
      for (let c = 0; c < channels; c++) {
        const pixel = (row: number, column: number) => data[(row * inWidth + column) * channels + c];
        result[(y * width + x) * channels + c] =
          pixel(top, left) * (1024 - low) * (1024 - far) +
          pixel(bottom, left) * low * (1024 - far) +
          pixel(top, right) * (1024 - low) * far +
          pixel(bottom, right) * low * far;
      }
    }
  }
  return result;
}
