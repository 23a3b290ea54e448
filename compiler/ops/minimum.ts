import { minimumRows } from "../kernels/rows/binary.js";
import { tableRows } from "../kernels/rows/element-wise.js";
import { elementWiseMinimum, tableOfConstant } from "../kernels/binary.js";
import type { Operator } from "./operator.js";
import { binary, plainResult } from "./rules/binary.js";

/** The smaller of two tensors, element by element, with broadcasting. int8 values are compared as they are. */
export const minimum: Operator<"minimum"> = {
  kind: "minimum",
  tflite: "MINIMUM",
  resolve: plainResult,
  quantization: () => "shared",
  ...binary<"minimum">({ real: Math.min, exact: () => Math.min, extremesAtEnds: () => true }),
  kernels: [tableOfConstant("minimum table"), elementWiseMinimum],
  rowKernels: [tableRows("minimum table"), minimumRows],
};
