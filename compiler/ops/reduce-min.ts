import { minimumOverAxes } from "../kernels/reduction.js";
import type { Operator } from "./operator.js";
import { extreme } from "./rules/extreme.js";

/** The smallest element over some dimensions. */
export const reduceMin: Operator<"reduceMin"> = {
  kind: "reduceMin",
  tflite: "REDUCE_MIN",
  ...extreme<"reduceMin">(Math.min),
  kernels: [minimumOverAxes],
};
