import { standAlone } from "./rules/stand-alone.js";
import { unaryOperator } from "./rules/unary.js";

/** min(max(x, -1), 1) on its own. */
export const reluN1To1 = unaryOperator<"reluN1To1">({
  kind: "reluN1To1",
  tflite: "RELU_N1_TO_1",
  ...standAlone("reluN1To1"),
});
