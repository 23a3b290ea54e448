import { positionOfMinimum } from "../kernels/arg.js";
import type { Operator } from "./operator.js";
import { arg } from "./rules/arg.js";

/** Where the smallest element is along one dimension; the first one of several. */
export const argMin: Operator<"argMin"> = {
  kind: "argMin",
  tflite: "ARG_MIN",
  ...arg<"argMin">((value, best) => value < best),
  kernels: [positionOfMinimum],
};
