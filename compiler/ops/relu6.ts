import { table } from "../kernels/element-wise.js";
import type { Operator } from "./operator.js";
import { standAlone } from "./rules/stand-alone.js";

/** min(max(x, 0), 6) on its own. */
export const relu6: Operator<"relu6"> = {
  kind: "relu6",
  tflite: "RELU6",
  ...standAlone<"relu6">("relu6"),
  kernels: [table("relu6 table")],
};
