import { elementWiseSum, tableOfConstant } from "../kernels/binary.js";
import { sumOf } from "./arithmetic/sum.js";
import type { Operator } from "./operator.js";
import { activatedResult, binary } from "./rules/binary.js";

/** Sum of two tensors, with broadcasting. */
export const add: Operator<"add"> = {
  kind: "add",
  tflite: "ADD",
  resolve: activatedResult,
  quantization: () => "calibrated",
  ...binary<"add">({ real: (a, b) => a + b, exact: sumOf(1) }),
  kernels: [tableOfConstant("add table"), elementWiseSum],
};
