import { unaryOperator } from "./rules/unary.js";

const { fround } = Math;

/** Square root. Of negative values, where TFLite stops with an error, it is 0. */
export const sqrt = unaryOperator<"sqrt">({
  kind: "sqrt",
  tflite: "SQRT",
  real: (x) => Math.sqrt(Math.max(0, x)),
  /** In float32, cut off to whole steps rather than rounded. */
  exact(input, output) {
    return (steps) => {
      const root = fround(Math.sqrt(fround(input.scale * Math.max(0, steps))));
      return Math.trunc(fround(root / output.scale));
    };
  },
});
