import { tableRows } from "../kernels/rows/element-wise.js";
import { elementWiseSum, tableOfConstant } from "../kernels/binary.js";
import { sumRows } from "../kernels/rows/binary.js";
import { linearSum } from "../kernels/linear-sum.js";
import { tableSum } from "../kernels/table-sum.js";
import { unless } from "../kernels/unless.js";
import { sumOf, sumRises } from "./arithmetic/sum.js";
import type { Operator } from "./operator.js";
import { activatedResult, binary } from "./rules/binary.js";

/** Sum of two tensors, with broadcasting. */
export const add: Operator<"add"> = {
  kind: "add",
  tflite: "ADD",
  resolve: activatedResult,
  quantization: () => "calibrated",
  ...binary<"add">({ real: (a, b) => a + b, exact: sumOf(1), extremesAtEnds: sumRises }),
  kernels: [
    tableOfConstant("add table"),
    linearSum,
    unless([linearSum], tableSum),
    unless([linearSum], elementWiseSum),
  ],
  rowKernels: [tableRows("add table"), ...sumRows],
};
