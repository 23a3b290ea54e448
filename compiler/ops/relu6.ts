import { standAlone } from "./rules/stand-alone.js";
import { unaryOperator } from "./rules/unary.js";

/** min(max(x, 0), 6) on its own. */
export const relu6 = unaryOperator<"relu6">({ kind: "relu6", tflite: "RELU6", ...standAlone("relu6") });
