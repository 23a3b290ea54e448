import { unaryOperator } from "./rules/unary.js";

/** Hyperbolic tangent, between -1 and 1. */
export const tanh = unaryOperator<"tanh">({
  kind: "tanh",
  tflite: "TANH",
  quantization: { scale: 1 / 128, zeroPoint: 0 },
  real: Math.tanh,
});
