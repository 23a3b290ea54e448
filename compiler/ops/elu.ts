import { unaryOperator } from "./rules/unary.js";

/** x where it is positive, else exp(x) - 1. */
export const elu = unaryOperator<"elu">({
  kind: "elu",
  tflite: "ELU",
  real: (x) => (x < 0 ? Math.expm1(x) : x),
});
