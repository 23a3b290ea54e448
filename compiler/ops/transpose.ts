import { gather } from "./arithmetic/movement.js";
import { strides } from "./arithmetic/positions.js";
import type { Operator } from "./operator.js";
import { moving } from "./rules/moving.js";
import { dimension } from "./rules/dimension-options.js";
import { int8Input, resultType, show } from "./rules/options.js";

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

  ...moving("transpose", ({ attributes: { permutation } }, [{ shape }], output) => {
    const distances = strides(shape);
    return gather(
      output.shape,
      permutation.map((one) => distances[one]),
    );
  }),
};
