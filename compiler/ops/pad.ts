import { padWithZeros } from "../kernels/data-movement.js";
import { elements } from "../ir/graph.js";
import type { Two } from "./attributes.js";
import type { Operator, TensorData } from "./operator.js";
import { int8Input, resultType, show, wholeNumber } from "./rules/options.js";
import { positions, strides } from "./arithmetic/positions.js";
import { int8Data, quantizationOf } from "./arithmetic/quantization.js";

/** Zeros around a tensor. */
export const pad: Operator<"pad"> = {
  kind: "pad",
  tflite: "PAD",

  resolve(context) {
    const { paddings } = context.node.attributes;
    const shape = int8Input(context);
    const isPair = (one: unknown) =>
      Array.isArray(one) && one.length === 2 && one.every((side) => wholeNumber(side, 0));
    if (!Array.isArray(paddings) || paddings.length !== shape.length || !paddings.every(isPair)) {
      context.fail(
        "paddings",
        `paddings is ${show(paddings)}`,
        `[before, after] for each of the ${shape.length} dimensions, whole numbers from 0`,
      );
    }
    const explicit = paddings.map(([before, after]): Two => [before, after]);
    return {
      attributes: { paddings: explicit },
      output: resultType(
        context,
        shape.map((size, i) => explicit[i][0] + size + explicit[i][1]),
      ),
    };
  },

  quantization: () => "input",

  macs: () => 0,

  float(operation, [data], [input], output) {
    const result = new Float32Array(elements(output.shape));
    place(operation.attributes.paddings, input.shape, output.shape, data, result);
    return result;
  },

  reference(operation, [data], [input], output) {
    const result = new Int8Array(elements(output.shape)).fill(quantizationOf(output).zeroPoint);
    place(operation.attributes.paddings, input.shape, output.shape, int8Data(data), result);
    return result;
  },

  kernels: [padWithZeros],
};

function place(
  paddings: readonly Two[],
  from: readonly number[],
  to: readonly number[],
  data: TensorData,
  result: TensorData,
): void {
  const distances = strides(to);
  const start = paddings.reduce((sum, [before], i) => sum + before * distances[i], 0);
  positions(from, distances, start).forEach((position, i) => (result[position] = data[i]));
}
