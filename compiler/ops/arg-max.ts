import { positionOfMaximum } from "../kernels/arg.js";
import type { Operator } from "./operator.js";
import { arg } from "./rules/arg.js";

/** Where the largest element is along one dimension; the first one of several. */
export const argMax: Operator<"argMax"> = {
  kind: "argMax",
  tflite: "ARG_MAX",
  ...arg<"argMax">((value, best) => value > best),
  kernels: [positionOfMaximum],
};
