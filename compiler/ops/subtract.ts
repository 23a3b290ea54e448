import { elementWiseDifference, tableOfConstant } from "../kernels/binary.js";
import { sumOf } from "./arithmetic/sum.js";
import type { Operator } from "./operator.js";
import { activatedResult, binary } from "./rules/binary.js";

/** Difference of two tensors, with broadcasting. */
export const subtract: Operator<"subtract"> = {
  kind: "subtract",
  tflite: "SUB",
  resolve: activatedResult,
  quantization: () => "calibrated",
  ...binary<"subtract">({ real: (a, b) => a - b, exact: sumOf(-1) }),
  kernels: [tableOfConstant("subtract table"), elementWiseDifference],
};
