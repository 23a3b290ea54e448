import { differenceRows } from "../kernels/rows/binary.js";
import { tableRows } from "../kernels/rows/element-wise.js";
import { elementWiseDifference, tableOfConstant } from "../kernels/binary.js";
import { linearDifference } from "../kernels/linear-sum.js";
import { tableDifference } from "../kernels/table-sum.js";
import { unless } from "../kernels/unless.js";
import { sumOf, sumRises } from "./arithmetic/sum.js";
import type { Operator } from "./operator.js";
import { activatedResult, binary } from "./rules/binary.js";

/** Difference of two tensors, with broadcasting. */
export const subtract: Operator<"subtract"> = {
  kind: "subtract",
  tflite: "SUB",
  resolve: activatedResult,
  quantization: () => "calibrated",
  ...binary<"subtract">({ real: (a, b) => a - b, exact: sumOf(-1), extremesAtEnds: sumRises }),
  kernels: [
    tableOfConstant("subtract table"),
    linearDifference,
    unless([linearDifference], tableDifference),
    unless([linearDifference], elementWiseDifference),
  ],
  rowKernels: [tableRows("subtract table"), ...differenceRows],
};
