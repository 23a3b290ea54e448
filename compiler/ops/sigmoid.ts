import { unaryOperator } from "./rules/unary.js";

const { exp, fround } = Math;

/** 1 / (1 + exp(-x)), between 0 and 1. */
export const sigmoid = unaryOperator<"sigmoid">({
  kind: "sigmoid",
  tflite: "LOGISTIC",
  quantization: { scale: 1 / 256, zeroPoint: -128 },
  real: (x) => fround(1 / fround(1 + fround(exp(-x)))),
});
