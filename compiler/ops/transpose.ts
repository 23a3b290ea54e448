import { transposeElements } from "../kernels/data-movement.js";
import type { OperatorAttributes } from "./attributes.js";
import type { Operator, Typed } from "./operator.js";
import { dimension, int8Input, resultType, show } from "./rules/options.js";
import { positions, strides } from "./arithmetic/positions.js";
import { int8Data } from "./arithmetic/quantization.js";

/** Dimensions in another order: dimension i of the result is dimension permutation[i] of the input. */
export const transpose: Operator<"transpose"> = {
  kind: "transpose",
  tflite: "TRANSPOSE",

  resolve(context) {
    const { permutation } = context.node.attributes;
    const shape = int8Input(context);
    if (
      !Array.isArray(permutation) ||
      permutation.length !== shape.length ||
      new Set(permutation).size !== shape.length
    ) {
      context.fail(
        "permutation",
        `permutation is ${show(permutation)}`,
        `each of the input's ${shape.length} dimensions once, counted from 0 without the batch`,
      );
    }
    const order = permutation.map((one) => dimension(context, "permutation", one, shape.length));
    return {
      attributes: { permutation: order },
      output: resultType(
        context,
        order.map((one) => shape[one]),
      ),
    };
  },

  quantization: () => "input",

  macs: () => 0,

  float(operation, [data], [input], output) {
    return Float32Array.from(sources(operation.attributes, input, output), (position) => data[position]);
  },

  reference(operation, [data], [input], output) {
    const source = int8Data(data);
    return Int8Array.from(sources(operation.attributes, input, output), (position) => source[position]);
  },

  kernels: [transposeElements],
};

/** For every element of the result, its position in the input. */
function sources({ permutation }: OperatorAttributes["transpose"], input: Typed, output: Typed): Int32Array {
  const distances = strides(input.shape);
  return positions(
    output.shape,
    permutation.map((one) => distances[one]),
  );
}
