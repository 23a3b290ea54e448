import { unaryOperator } from "./rules/unary.js";

/** e to the power of x. */
export const exp = unaryOperator<"exp">({ kind: "exp", tflite: "EXP", real: Math.exp });
