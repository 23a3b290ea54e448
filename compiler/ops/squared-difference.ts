import { squareRows } from "../kernels/rows/binary.js";
import { tableRows } from "../kernels/rows/element-wise.js";
import { elementWiseSquare, tableOfConstant } from "../kernels/binary.js";
import { squaredDifferenceOf } from "./arithmetic/sum.js";
import type { Operator } from "./operator.js";
import { binary, plainResult } from "./rules/binary.js";

/** Square of the difference of two tensors, with broadcasting. */
export const squaredDifference: Operator<"squaredDifference"> = {
  kind: "squaredDifference",
  tflite: "SQUARED_DIFFERENCE",
  resolve: plainResult,
  quantization: () => "calibrated",
  ...binary<"squaredDifference">({ real: (a, b) => (a - b) ** 2, exact: squaredDifferenceOf }),
  kernels: [tableOfConstant("squared difference table"), elementWiseSquare],
  rowKernels: [tableRows("squared difference table"), squareRows],
};
