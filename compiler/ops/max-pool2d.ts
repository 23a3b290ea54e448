import { maximumPoolRows } from "../kernels/rows/pooling.js";
import { maximumWindows, maximumWords } from "../kernels/pooling.js";
import { unless } from "../kernels/unless.js";
import { elements } from "../ir/graph.js";
import type { OperatorAttributes } from "./attributes.js";
import type { Operator, TensorData, Typed } from "./operator.js";
import { activate, activationLimits } from "./arithmetic/activation.js";
import { clamp } from "./arithmetic/fixed-point.js";
import { channelwise } from "./channels.js";
import { limitIntervals } from "./arithmetic/intervals.js";
import { resolvePool } from "./rules/pooling.js";
import { int8Data, quantizationOf } from "./arithmetic/quantization.js";
import { forEachWindow } from "./arithmetic/windows.js";

/** Maximum of each window; positions outside of the image do not count. */
export const maxPool2d: Operator<"maxPool2d"> = {
  kind: "maxPool2d",
  tflite: "MAX_POOL_2D",

  resolve: (context) => resolvePool(context, context.node.attributes),

  quantization: () => "input",

  macs: () => 0,

  float(operation, [data], [input], output) {
    const result = new Float32Array(elements(output.shape)).fill(-Infinity);
    takeMaxima(operation.attributes, input, output, data, result);
    return activate(operation.attributes.activation, result);
  },

  reference(operation, [data], [input], output) {
    const [least, most] = activationLimits(operation.attributes.activation, quantizationOf(output));
    const result = new Int8Array(elements(output.shape)).fill(-128);
    takeMaxima(operation.attributes, input, output, int8Data(data), result);
    return result.map((value) => clamp(value, least, most));
  },

  intervals: ({ attributes: { activation } }, [data], _types, output) =>
    limitIntervals(data, activationLimits(activation, quantizationOf(output))),

  channels: channelwise,

  kernels: [maximumWords, unless([maximumWords], maximumWindows)],
  rowKernels: maximumPoolRows,
};

/** Raises `result` to the maximum of each window. */
function takeMaxima(
  window: OperatorAttributes["maxPool2d"],
  input: Typed,
  output: Typed,
  data: TensorData,
  result: TensorData,
): void {
  const [height, width, channels] = input.shape;
  forEachWindow(window, [height, width], [output.shape[0], output.shape[1]], (pixel, y, x, rows, columns) => {
    for (let row = rows[0]; row < rows[1]; row++) {
      for (let column = columns[0]; column < columns[1]; column++) {
        const from = ((y + row) * width + x + column) * channels;
        for (let channel = 0; channel < channels; channel++) {
          const value = data[from + channel];
          if (value > result[pixel * channels + channel]) result[pixel * channels + channel] = value;
        }
      }
    }
  });
}
