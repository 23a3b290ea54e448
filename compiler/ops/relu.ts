import { standAlone } from "./rules/stand-alone.js";
import { unaryOperator } from "./rules/unary.js";

/** max(x, 0) on its own. */
export const relu = unaryOperator<"relu">({ kind: "relu", tflite: "RELU", ...standAlone("relu") });
