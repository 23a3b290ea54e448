import { multiplyByQuantizedMultiplier } from "./arithmetic/fixed-point.js";
import { activationMultiplier } from "./arithmetic/rescale.js";
import { unaryOperator } from "./rules/unary.js";

/** The value without its sign. */
export const abs = unaryOperator<"abs">({
  kind: "abs",
  tflite: "ABS",
  real: Math.abs,
  exact(input, output) {
    const multiplier = activationMultiplier(input, output);
    return (steps) => multiplyByQuantizedMultiplier(Math.abs(steps), multiplier);
  },
});
