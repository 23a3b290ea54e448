import { maximumRows } from "../kernels/rows/binary.js";
import { tableRows } from "../kernels/rows/element-wise.js";
import { elementWiseMaximum, tableOfConstant } from "../kernels/binary.js";
import type { Operator } from "./operator.js";
import { binary, plainResult } from "./rules/binary.js";

/** The larger of two tensors, element by element, with broadcasting. int8 values are compared as they are. */
export const maximum: Operator<"maximum"> = {
  kind: "maximum",
  tflite: "MAXIMUM",
  resolve: plainResult,
  quantization: () => "shared",
  ...binary<"maximum">({ real: Math.max, exact: () => Math.max, extremesAtEnds: () => true }),
  kernels: [tableOfConstant("maximum table"), elementWiseMaximum],
  rowKernels: [tableRows("maximum table"), maximumRows],
};
