import { elementWiseProduct, tableOfConstant } from "../kernels/binary.js";
import { productOf } from "./arithmetic/product.js";
import type { Operator } from "./operator.js";
import { activatedResult, binary } from "./rules/binary.js";

/** Product of two tensors, element by element, with broadcasting. */
export const multiply: Operator<"multiply"> = {
  kind: "multiply",
  tflite: "MUL",
  resolve: activatedResult,
  quantization: () => "calibrated",
  ...binary<"multiply">({ real: (a, b) => a * b, exact: productOf }),
  kernels: [tableOfConstant("multiply table"), elementWiseProduct],
};
