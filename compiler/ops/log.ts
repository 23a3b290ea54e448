import { lookup } from "./arithmetic/lookup.js";
import { unaryOperator } from "./rules/unary.js";

/** The least argument in reals: Keras' epsilon. */
const least = 1e-7;

/** Natural logarithm. Of 0 and negative values it is the smallest int8. */
export const log = unaryOperator<"log">({
  kind: "log",
  tflite: "LOG",
  real: (x) => Math.log(Math.max(least, x)),
  exact(input, output) {
    const positive = lookup(Math.log, input, output);
    return (steps) => (steps > 0 ? positive(steps) : -Infinity);
  },
});
