import { productRows } from "../kernels/rows/binary.js";
import { tableRows } from "../kernels/rows/element-wise.js";
import { elementWiseProduct, tableOfConstant } from "../kernels/binary.js";
import { productRun } from "../kernels/product-run.js";
import { unless } from "../kernels/unless.js";
import { productOf, productRises } from "./arithmetic/product.js";
import type { Operator } from "./operator.js";
import { activatedResult, binary } from "./rules/binary.js";

/** Product of two tensors, element by element, with broadcasting. */
export const multiply: Operator<"multiply"> = {
  kind: "multiply",
  tflite: "MUL",
  resolve: activatedResult,
  quantization: () => "calibrated",
  ...binary<"multiply">({ real: (a, b) => a * b, exact: productOf, extremesAtEnds: productRises }),
  kernels: [tableOfConstant("multiply table"), productRun, unless([productRun], elementWiseProduct)],
  rowKernels: [tableRows("multiply table"), ...productRows],
};
