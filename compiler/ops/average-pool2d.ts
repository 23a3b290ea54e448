import { averagePoolRows } from "../kernels/rows/pooling.js";
import { globalAverageRows } from "../kernels/rows/reduction.js";
import { averageWindows, averageWords } from "../kernels/pooling.js";
import { unless } from "../kernels/unless.js";
import { elements } from "../ir/graph.js";
import type { Operator } from "./operator.js";
import { activate, activationLimits } from "./arithmetic/activation.js";
import { clamp } from "./arithmetic/fixed-point.js";
import { channelwise } from "./channels.js";
import { limitIntervals } from "./arithmetic/intervals.js";
import { resolvePool } from "./rules/pooling.js";
import { int8Data, quantizationOf } from "./arithmetic/quantization.js";
import { forEachWindow } from "./arithmetic/windows.js";

/** Mean of each window; positions outside of the image do not count. */
export const averagePool2d: Operator<"averagePool2d"> = {
  kind: "averagePool2d",
  tflite: "AVERAGE_POOL_2D",

  resolve: (context) => resolvePool(context, context.node.attributes),

  quantization: () => "input",

  macs: () => 0,

  float(operation, [data], [input], output) {
    const [height, width, channels] = input.shape;
    const result = new Float32Array(elements(output.shape));
    const sums = new Float64Array(channels);
    const size = [output.shape[0], output.shape[1]] as const;
    forEachWindow(operation.attributes, [height, width], size, (pixel, y, x, rows, columns) => {
      sums.fill(0);
      for (let row = rows[0]; row < rows[1]; row++) {
        for (let column = columns[0]; column < columns[1]; column++) {
          const from = ((y + row) * width + x + column) * channels;
          for (let channel = 0; channel < channels; channel++) sums[channel] += data[from + channel];
        }
      }
      const count = (rows[1] - rows[0]) * (columns[1] - columns[0]);
      for (let channel = 0; channel < channels; channel++)
        result[pixel * channels + channel] = sums[channel] / count;
    });
    return activate(operation.attributes.activation, result);
  },

  /** Sums the int8 values as they are; C's division, a half away from zero. */
  reference(operation, [data], [input], output) {
    const [height, width, channels] = input.shape;
    const source = int8Data(data);
    const [least, most] = activationLimits(operation.attributes.activation, quantizationOf(output));
    const result = new Int8Array(elements(output.shape));
    const size = [output.shape[0], output.shape[1]] as const;
    forEachWindow(operation.attributes, [height, width], size, (pixel, y, x, rows, columns) => {
      const count = (rows[1] - rows[0]) * (columns[1] - columns[0]);
      const half = Math.floor(count / 2);
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let row = rows[0]; row < rows[1]; row++) {
          for (let column = columns[0]; column < columns[1]; column++) {
            sum += source[((y + row) * width + x + column) * channels + channel];
          }
        }
        const mean = Math.trunc((sum > 0 ? sum + half : sum - half) / count);
        result[pixel * channels + channel] = clamp(mean, least, most);
      }
    });
    return result;
  },

  intervals: ({ attributes: { activation } }, [data], _types, output) =>
    limitIntervals(data, activationLimits(activation, quantizationOf(output))),

  channels: channelwise,

  kernels: [averageWords, unless([averageWords], averageWindows)],
  rowKernels: [globalAverageRows, ...averagePoolRows],
};
