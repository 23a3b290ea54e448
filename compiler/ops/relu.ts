import { table } from "../kernels/element-wise.js";
import type { Operator } from "./operator.js";
import { standAlone } from "./rules/stand-alone.js";

/** max(x, 0) on its own. */
export const relu: Operator<"relu"> = {
  kind: "relu",
  tflite: "RELU",
  ...standAlone<"relu">("relu"),
  kernels: [table("relu table")],
};
